package import Domain
package import Ports

/// Tells how long the cached refresh token still lives.
package struct CheckRefreshToken: Sendable {
    let key: TokenKey
    let store: any TokenStore
    let provider: any IdentityProvider
    let verdicts: any VerdictBoard
    let time: any TimeSource

    /// The check of that key's refresh token.
    package init(
        key: TokenKey, store: any TokenStore, provider: any IdentityProvider, verdicts: any VerdictBoard,
        time: any TimeSource
    ) {
        self.key = key
        self.store = store
        self.provider = provider
        self.verdicts = verdicts
        self.time = time
    }

    /// Seconds until it ends, 0 where it has; by the provider's word, else by what was stored with it.
    package func callAsFunction() async throws(RefreshTokenProblem) -> Int64 {
        guard let tokens = try stored(), let refreshToken = tokens.refreshToken else { throw .none(key) }
        if tokens.idTokenMark == verdicts.revokedMark(key) { return 0 }
        let status: RefreshTokenStatus
        do {
            status = try await provider.status(ofRefreshToken: refreshToken, by: Deadline(in: 30, time))
        } catch {
            throw .provider(error)
        }
        switch status {
        case .inactive: return 0
        case .active(let expiry?): return left(until: expiry)
        case .active(nil):
            guard let expiry = tokens.refreshTokenExpiry else {
                throw .unknown("it says that the token is active, and not until when")
            }
            return left(until: expiry)
        case .unknown(let reason):
            guard let expiry = tokens.refreshTokenExpiry else { throw .unknown(reason) }
            return left(until: expiry)
        }
    }

    private func left(until expiry: Timestamp) -> Int64 { max(0, expiry.since(time.now())) }

    private func stored() throws(RefreshTokenProblem) -> TokenSet? {
        do {
            return try store.read(key)?.tokens
        } catch {
            throw .store(error)
        }
    }
}

/// Why a refresh token's remaining life is not known.
package enum RefreshTokenProblem: Error, Sendable {
    /// There is none.
    case none(TokenKey)
    /// The provider does not tell, and nothing is stored.
    case unknown(String)
    /// The provider could not be asked.
    case provider(IdentityProviderError)
    /// The store.
    case store(TokenStoreError)
}

extension RefreshTokenProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none(let key): "no refresh token of \(key.issuer.text) is cached; run \(LoginCommand.text(key))"
        case .unknown(let reason): "when the refresh token ends is not known: \(reason)."
        case .provider(let error): "\(error)"
        case .store(let error): "\(error)"
        }
    }
}
