import Domain
import Ports

/// What a provider publishes for everybody: from the cache while it is fresh, and when the provider can't be reached.
struct PublishedDocuments: Sendable {
    /// A document and what was read out of it.
    struct Reading<Content: Sendable>: Sendable {
        let document: ProviderDocument
        let content: Content
    }

    /// Makes something of a body, or says what is wrong with it.
    typealias Reader<Content> = @Sendable (_ body: [UInt8]) throws(IdentityProviderError) -> Content

    /// For so many seconds after a failed attempt a stale document serves without another one.
    private static let pause: Int64 = 60
    /// The longest time-out, in seconds, of a request that a stale document can stand in for.
    private static let shortTimeout: Double = 5

    let documents: any ProviderDocumentCache
    let exchange: Exchange
    let time: any TimeSource
    let standIn: OpenIDProvider.StandIn

    /// The document at that address: kept and fresh, else fetched, else kept and stale.
    func reading<Content: Sendable>(at address: String, by deadline: Deadline, _ read: Reader<Content>)
        async throws(IdentityProviderError) -> Reading<Content>
    {
        guard let kept = kept(at: address, read) else {
            return try await fetched(from: address, .untilAnswered, by: deadline, read)
        }
        if isFresh(kept.document) { return kept }
        do throws(IdentityProviderError) {
            let timeout = min(Self.shortTimeout, deadline.left(time) / 2)
            return try await fetched(from: address, .once, timeout: timeout, by: deadline, read)
        } catch {
            guard mayStandIn(for: error) else { throw error }
            postpone(kept.document)
            return kept
        }
    }

    /// The document that is kept under that address, however old; nil where there is none that can be read.
    func kept<Content: Sendable>(at address: String, _ read: Reader<Content>) -> Reading<Content>? {
        guard let document = documents.document(at: address), let content = try? read(document.body) else {
            return nil
        }
        return Reading(document: document, content: content)
    }

    /// Fetches the document, whatever is kept, and keeps it.
    ///
    /// - Parameter past: caches between us and the provider are asked not to answer for it.
    func fetched<Content: Sendable>(
        from address: String, past caches: Bool = false, _ persistence: Exchange.Persistence,
        timeout: Double = Exchange.longestTimeout, by deadline: Deadline, _ read: Reader<Content>
    ) async throws(IdentityProviderError) -> Reading<Content> {
        let headers =
            [HTTPHeader("Accept", "application/json")] + (caches ? [HTTPHeader("Cache-Control", "no-cache")] : [])
        let answer: HTTPResponse
        do throws(HTTPFailure) {
            answer = try await exchange.send(
                .get, address, headers: headers, persistence, timeout: timeout, by: deadline)
        } catch {
            throw .http(error)
        }
        guard !answer.isOutOfOrder else { throw .outOfOrder(address: address, status: answer.status) }
        guard answer.status == 200, answer.body.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{")
        else {
            throw .unintelligible(address: address, reason: answer.oddity)
        }
        let content = try read(answer.body)
        let now = time.now()
        let fields = answer.headers.filter { $0.name.lowercased() == "cache-control" }.map(\.value)
        let life = CacheLifetime.seconds(cacheControl: fields.isEmpty ? nil : fields.joined(separator: ","))
        let document = ProviderDocument(address: address, body: answer.body, fetchedAt: now, freshUntil: now + life)
        documents.keep(document)
        return Reading(document: document, content: content)
    }

    /// Whether it may be used unasked.
    ///
    /// One from the future, or fresh for longer than any is, was kept by a wrong clock.
    func isFresh(_ document: ProviderDocument) -> Bool {
        let now = time.now()
        return document.fetchedAt <= now + 60 && now < document.freshUntil
            && document.freshUntil.since(now) <= CacheLifetime.longest
    }

    /// Whether what is kept serves after that failure.
    private func mayStandIn(for error: IdentityProviderError) -> Bool {
        switch (standIn, error) {
        case (_, .wrongIssuer), (_, .http(.cancelled)): false
        case (.trouble, _): true
        case (.absence, _): error.isAbsence
        }
    }

    /// Spares the next callers of an outage the wait for an answer that does not come.
    private func postpone(_ document: ProviderDocument) {
        documents.keep(
            ProviderDocument(
                address: document.address, body: document.body, fetchedAt: document.fetchedAt,
                freshUntil: time.now() + Self.pause))
    }
}

extension IdentityProviderError {
    /// Whether the provider did not answer, or only that it is out of order: what it said before may stand in.
    var isAbsence: Bool {
        switch self {
        case .http(let failure): failure.isAbsence
        case .outOfOrder: true
        case .refused, .crowded, .unintelligible, .wrongIssuer, .noDeviceGrant, .rejectedIDToken: false
        }
    }
}
