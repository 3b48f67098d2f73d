import Domain
import Testing

@Suite("The key of cached tokens") struct TokenKeyTests {
    private func key(_ issuer: String, _ client: String) throws -> TokenKey {
        TokenKey(issuer: try Issuer(issuer), clientID: try ClientID(client))
    }

    @Test("The text is the Go tool's: version, client, issuer, one blank between")
    func text() throws {
        #expect(try key("https://login.example.com/a", "0oa1b2").text == "v0 0oa1b2 https://login.example.com/a")
    }

    @Test(
        "Keys that differ in one field have other texts",
        arguments: [
            ("https://a.example", "b", "https://a.example/", "b"), ("https://a.example", "b", "https://A.example", "b"),
            ("https://a.example", "b", "http://localhost", "b"), ("https://a.example", "b", "https://a.example", "B"),
            ("https://a.example", "b", "https://a.example", "b2"),
            ("https://a.example", "https://b.example", "https://b.example", "https://a.example"),
        ])
    func apart(issuer: String, client: String, otherIssuer: String, otherClient: String) throws {
        let (left, right) = (try key(issuer, client), try key(otherIssuer, otherClient))
        #expect(left.text != right.text)
        #expect(left != right)
        #expect(try key(issuer, client) == left)
    }
}
