import Domain
import Testing

@Suite struct AuthorizationRequestTests {
    private func address(endpoint: String, client: String = "myclient+&=") throws -> String {
        let issuer = try Issuer("https://id.example.com")
        let provider = ProviderMetadata(
            issuer: issuer, authorizationEndpoint: endpoint, tokenEndpoint: "https://id.example.com/token",
            keysAddress: "https://id.example.com/keys", introspectionEndpoint: nil, namesItselfInRedirect: false)
        return AuthorizationRequest(
            to: provider, clientID: try ClientID(client), redirectURI: "http://localhost:49152",
            state: Secret("st-_at"), nonce: Secret("no~nce"), challenge: "challenge"
        ).address
    }

    private let parameters =
        "response_type=code&client_id=myclient%2B%26%3D&redirect_uri=http%3A%2F%2Flocalhost%3A49152"
        + "&scope=openid%20offline_access%20email%20groups&state=st-_at&nonce=no~nce&code_challenge=challenge"
        + "&code_challenge_method=S256"

    @Test(
        "our parameters follow the endpoint, whose own query stays",
        arguments: [
            ("https://id.example.com/authorize", "https://id.example.com/authorize?"),
            ("https://id.example.com", "https://id.example.com?"),
            ("https://id.example.com/authorize?", "https://id.example.com/authorize?"),
            ("https://id.example.com/authorize?p=b2c%20x", "https://id.example.com/authorize?p=b2c%20x&"),
            ("https://id.example.com/authorize?p=b2c&", "https://id.example.com/authorize?p=b2c&"),
        ])
    func appended(endpoint: String, start: String) throws {
        #expect(try address(endpoint: endpoint) == start + parameters)
    }

    @Test("each parameter is there once, and comes back as it was")
    func roundTrip() throws {
        let address = try address(endpoint: "https://id.example.com/authorize", client: "a%b/c?d#e")
        let query = try #require(address.split(separator: "?", maxSplits: 1).last)
        let pairs = try #require(PercentEncoding.pairs(ofQuery: query))
        #expect(Set(pairs.map(\.name)).count == pairs.count)
        #expect(pairs.first { $0.name == "client_id" }?.value == "a%b/c?d#e")
        #expect(pairs.first { $0.name == "redirect_uri" }?.value == "http://localhost:49152")
        #expect(pairs.first { $0.name == "scope" }?.value == "openid offline_access email groups")
    }
}
