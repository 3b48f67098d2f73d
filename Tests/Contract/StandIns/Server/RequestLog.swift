/// Every request that a stand-in received, without a token, code or password in it.
package struct RequestLog: Sendable, Hashable, Codable {
    /// One request.
    package struct Entry: Sendable, Hashable, Codable {
        /// Its number since the stand-in started, from 1.
        package let number: Int
        /// Where it went.
        package let endpoint: Endpoint
        /// `GET`, `POST`.
        package let method: String
        /// `grant_type` at the token endpoint.
        package let grantType: String?
        /// `ok`, the error's code, or the fault; `pending` until it is answered.
        package internal(set) var outcome: String
        /// The status that it was answered with; 0 for none.
        package internal(set) var status: Int
    }

    /// An endpoint of any stand-in.
    package enum Endpoint: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
        case discovery
        case authorize
        case token
        case keys
        case introspect
        case revoke
        case deviceAuthorization
        case assumeRole
        case callerIdentity
        case roles
        case serviceToken
        case apps
        case other
    }

    /// The requests in the order in which they came.
    package private(set) var entries: [Entry] = []
    private var latest = 0

    /// How many requests came to that endpoint, with that grant where one is named.
    package func count(_ endpoint: Endpoint, grantType: String? = nil) -> Int {
        entries.count { $0.endpoint == endpoint && (grantType == nil || $0.grantType == grantType) }
    }

    mutating func arrived(_ endpoint: Endpoint, method: String, grantType: String?) -> Int {
        latest += 1
        entries.append(
            Entry(
                number: latest, endpoint: endpoint, method: method, grantType: grantType, outcome: "pending", status: 0)
        )
        return latest
    }

    mutating func answered(_ number: Int, outcome: String, status: Int) {
        guard let index = entries.lastIndex(where: { $0.number == number }) else { return }
        entries[index].outcome = outcome
        entries[index].status = status
    }

    mutating func reset() {
        entries = []
    }
}
