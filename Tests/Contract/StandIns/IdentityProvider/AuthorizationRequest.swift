/// An authorization request that is as a careful client makes it (RFC 6749 section 4.1.1, RFC 7636 section 4.3).
struct AuthorizationRequest {
    let clientID: String
    let redirectURI: String
    let state: String
    let nonce: String
    let challenge: String
    let scopes: Set<String>

    /// Why a request is none.
    struct Flaw: Error {
        let sentence: String

        init(_ sentence: String) {
            self.sentence = sentence
        }
    }

    init(query: String, clientIDs: [String]) throws(Flaw) {
        let fields = FormFields(encoded: query)
        if let name = fields.repeatedName { throw Flaw("The parameter \(name) stands there twice.") }
        guard let clientID = fields["client_id"], clientIDs.contains(clientID) else {
            throw Flaw("client_id names no client of this provider.")
        }
        guard let redirectURI = fields["redirect_uri"], Self.isRegistered(redirectURI) else {
            throw Flaw("redirect_uri is none of http://localhost:49152 to http://localhost:49215, without a path.")
        }
        guard fields["response_type"] == "code" else { throw Flaw("response_type is not code.") }
        guard fields["code_challenge_method"] == "S256" else { throw Flaw("code_challenge_method is not S256.") }
        guard let challenge = fields["code_challenge"], challenge.utf8.count == 43,
            challenge.utf8.allSatisfy({ Self.base64URL.contains($0) })
        else { throw Flaw("code_challenge is no SHA-256 in base64url.") }
        let scopes = Set(fields["scope"]?.split(separator: " ").map(String.init) ?? [])
        guard scopes.contains("openid") else { throw Flaw("scope does not hold openid.") }
        guard let state = fields["state"], !state.isEmpty else { throw Flaw("There is no state.") }
        guard let nonce = fields["nonce"], !nonce.isEmpty else { throw Flaw("There is no nonce.") }
        self.clientID = clientID
        self.redirectURI = redirectURI
        self.state = state
        self.nonce = nonce
        self.challenge = challenge
        self.scopes = scopes
    }

    private static let base64URL = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func isRegistered(_ redirectURI: String) -> Bool {
        (49_152...49_215).contains { redirectURI == "http://localhost:\($0)" }
    }
}
