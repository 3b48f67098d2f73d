import Domain
import Ports

extension OpenIDProvider {
    /// For so many seconds after keys were fetched for a token that none of them fitted, it is not done again.
    static let refetchPause: Int64 = 30

    /// The provider's key that made the token's signature.
    ///
    /// Keys change without notice, under a new name or the old one. So where no kept key made the signature, what
    /// another process has kept since is looked at, and then the provider is asked anew, at a limited rate.
    func key(thatSigned token: SignedToken, by deadline: Deadline) async throws(IdentityProviderError) -> JSONWebKey {
        let address = try await metadata(by: deadline).keysAddress
        let read = keySetReader(address)
        let first = try await published.reading(at: address, by: deadline, read)
        var finding = finding(token, first.content)
        if let key = finding.key { return key }

        if let second = published.kept(at: address, read), second.document.body != first.document.body {
            finding = self.finding(token, second.content)
            if let key = finding.key { return key }
        }
        if mayRefetch(address) {
            let third = try await published.fetched(from: address, past: true, .untilAnswered, by: deadline, read)
            markRefetch(address)
            finding = self.finding(token, third.content)
            if let key = finding.key { return key }
        }
        throw .rejectedIDToken(finding.rejection)
    }

    /// The provider's key among those that are kept; nil where the provider is to be asked.
    ///
    /// - Throws: the rejection of a token for which the provider may not be asked again so soon.
    func keptKey(thatSigned token: SignedToken, orStale: Bool) throws(IdentityProviderError) -> JSONWebKey? {
        let discovery = published.kept(at: issuer.discoveryAddress, discoveryReader)
        guard let address = discovery?.content.keysAddress,
            let keys = published.kept(at: address, keySetReader(address))
        else { return nil }
        let isFresh = [discovery?.document, keys.document].allSatisfy { $0.map(published.isFresh) ?? false }
        guard isFresh || orStale else { return nil }
        let finding = finding(token, keys.content)
        if let key = finding.key { return key }
        guard isFresh, !mayRefetch(address) else { return nil }
        throw .rejectedIDToken(finding.rejection)
    }

    /// Reads the key set that lies at that address.
    func keySetReader(_ address: String) -> PublishedDocuments.Reader<[JSONWebKey]> {
        { body throws(IdentityProviderError) in try KeySet.read(body, from: address) }
    }

    /// What a search for the signing key has found.
    private struct Finding {
        var key: JSONWebKey?
        var rejection: IDTokenRejection
    }

    /// Tries the keys that the token's header allows; without a `kid` each that fits.
    private func finding(_ token: SignedToken, _ keys: [JSONWebKey]) -> Finding {
        var finding = Finding(key: nil, rejection: .noKey(keyID: token.keyID))
        for key in Self.candidates(for: token, among: keys) {
            guard
                let isValid = try? verifier.isValid(
                    token.signature, of: token.message, key: key, algorithm: token.algorithm)
            else { continue }
            if isValid {
                finding.key = key
                return finding
            }
            finding.rejection = .badSignature
        }
        return finding
    }

    /// The keys of that name, or where there are none, those without a name.
    private static func candidates(for token: SignedToken, among keys: [JSONWebKey]) -> [JSONWebKey] {
        let fitting = keys.filter { $0.fits(token.algorithm) }
        guard let keyID = token.keyID else { return fitting }
        let named = fitting.filter { $0.keyID == keyID }
        return named.isEmpty ? fitting.filter { $0.keyID == nil } : named
    }

    /// Whether the last fetch for a token that no key fitted is long enough ago.
    ///
    /// An ordinary fetch does not count: the key may have changed right after it.
    private func mayRefetch(_ address: String) -> Bool {
        guard let mark = published.documents.document(at: Self.markAddress(address)) else { return true }
        return !(0..<Self.refetchPause).contains(time.now().since(mark.fetchedAt))
    }

    private func markRefetch(_ address: String) {
        let now = time.now()
        published.documents.keep(
            ProviderDocument(
                address: Self.markAddress(address), body: [], fetchedAt: now, freshUntil: now + Self.refetchPause))
    }

    private static func markAddress(_ address: String) -> String { address + "#refetch" }
}
