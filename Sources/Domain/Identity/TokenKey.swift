/// Whose tokens: one issuer and one client of it.
package struct TokenKey: Sendable, Hashable {
    /// The issuer.
    package let issuer: Issuer
    /// The client.
    package let clientID: ClientID

    /// The key of this issuer and client.
    package init(issuer: Issuer, clientID: ClientID) {
        self.issuer = issuer
        self.clientID = clientID
    }

    /// The text whose SHA-256 names the cache file, as the tool that this one replaces has it.
    package var text: String { "v0 \(clientID.text) \(issuer.text)" }
}
