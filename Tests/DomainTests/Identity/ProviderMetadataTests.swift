import Domain
import Testing

@Suite("What a provider says of itself") struct ProviderMetadataTests {
    private func metadata(introspection: String?, namesItself: Bool) throws -> ProviderMetadata {
        ProviderMetadata(
            issuer: try Issuer("https://a.example"), authorizationEndpoint: "https://a.example/authorize",
            tokenEndpoint: "https://a.example/token", keysAddress: "https://a.example/keys",
            introspectionEndpoint: introspection, namesItselfInRedirect: namesItself)
    }

    @Test("Each address stands in its own place")
    func places() throws {
        let metadata = try metadata(introspection: "https://a.example/introspect", namesItself: true)
        #expect(metadata.issuer.text == "https://a.example")
        #expect(metadata.authorizationEndpoint == "https://a.example/authorize")
        #expect(metadata.tokenEndpoint == "https://a.example/token")
        #expect(metadata.keysAddress == "https://a.example/keys")
        #expect(metadata.introspectionEndpoint == "https://a.example/introspect")
        #expect(metadata.namesItselfInRedirect)
    }

    @Test("Metadata that differs in one member is other metadata")
    func equality() throws {
        let metadata = try metadata(introspection: nil, namesItself: false)
        #expect(metadata == (try self.metadata(introspection: nil, namesItself: false)))
        #expect(metadata != (try self.metadata(introspection: "", namesItself: false)))
        #expect(metadata != (try self.metadata(introspection: nil, namesItself: true)))
    }
}
