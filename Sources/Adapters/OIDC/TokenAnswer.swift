import Domain
import Ports

/// An answer of the token endpoint (RFC 6749 sections 5.1 and 5.2).
enum TokenAnswer {
    /// The tokens in it, or what it says instead.
    ///
    /// - Parameter sent: the secrets of the request, which some providers repeat in an explanation.
    static func read(_ answer: HTTPResponse, from address: String, sent: [Secret])
        throws(IdentityProviderError) -> TokenGrant
    {
        try refuse(answer, from: address, sent: sent)
        let tokens: Tokens
        do throws(UnreadableJSON) {
            tokens = try JSONReading.decode(Tokens.self, from: answer.body)
        } catch {
            throw .unintelligible(address: address, reason: error.reason)
        }
        guard tokens.tokenType.lowercased() == "bearer" else {
            let type = PrintableText.line(tokens.tokenType)
            throw .unintelligible(address: address, reason: "its token_type is \"\(type)\", not Bearer")
        }
        return tokens.grant
    }

    /// Throws what an answer says that is no success.
    static func refuse(_ answer: HTTPResponse, from address: String, sent: [Secret]) throws(IdentityProviderError) {
        guard !answer.isOutOfOrder else { throw .outOfOrder(address: address, status: answer.status) }
        if let refusal = try? JSONReading.decode(Refusal.self, from: answer.body), let code = refusal.error.value {
            throw .refused(
                code: code,
                explanation: refusal.explanation?.value.map { explanation in
                    sent.reduce(explanation) { Redaction.text($0, without: $1) }
                })
        }
        guard answer.status == 200 else { throw .unintelligible(address: address, reason: answer.oddity) }
    }

    /// An error answer.
    private struct Refusal: Decodable {
        let error: LenientText
        let explanation: LenientText?

        enum CodingKeys: String, CodingKey {
            case error
            case explanation = "error_description"
        }
    }

    /// A success.
    ///
    /// What is odd but not needed counts as absent: a rotated refresh token must not be lost over it.
    private struct Tokens: Decodable {
        let accessToken: String
        let tokenType: String
        let refreshToken: LenientText?
        let idToken: LenientText?
        let expiresIn: LenientNumber?
        let refreshExpiresIn: LenientNumber?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case tokenType = "token_type"
            case refreshToken = "refresh_token"
            case idToken = "id_token"
            case expiresIn = "expires_in"
            case refreshExpiresIn = "refresh_expires_in"
        }

        var grant: TokenGrant {
            TokenGrant(
                accessToken: Secret(accessToken), tokenType: tokenType,
                refreshToken: refreshToken?.value.map { Secret($0) }, idToken: idToken?.value.map { Secret($0) },
                expiresIn: Self.life(expiresIn), refreshExpiresIn: Self.life(refreshExpiresIn))
        }

        /// Zero stands for a token without an end (Keycloak's offline tokens), and so is no life to count by.
        private static func life(_ number: LenientNumber?) -> Int64? {
            number?.value.flatMap { $0 > 0 ? $0 : nil }
        }
    }
}
