import Domain

/// The claims of an id_token as they are written (OpenID Connect Core sections 2 and 5.1).
struct IDTokenPayload: Decodable {
    private let claims: IDTokenClaims

    /// The claims in these bytes.
    static func read(_ bytes: [UInt8]) throws(IDTokenRejection) -> IDTokenClaims {
        do throws(UnreadableJSON) {
            return try JSONReading.decode(IDTokenPayload.self, from: bytes).claims
        } catch {
            throw .malformed(reason: "its claims: \(error.reason)")
        }
    }

    private enum CodingKeys: String, CodingKey {
        case iss, sub, aud, azp, exp, iat, nbf, nonce, email, name, amr, groups
        case accessTokenHash = "at_hash"
        case preferredUsername = "preferred_username"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String? { try container.decodeIfPresent(String.self, forKey: key) }
        func list(_ key: CodingKeys) throws -> [String] {
            try container.decodeIfPresent(OneOrMany.self, forKey: key)?.texts ?? []
        }
        func moment(_ key: CodingKeys) throws -> Timestamp? {
            guard let number = try container.decodeIfPresent(Double.self, forKey: key) else { return nil }
            guard let seconds = LenientNumber.whole(number) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "no time")
            }
            return Timestamp(seconds: seconds)
        }

        var claims = IDTokenClaims()
        claims.issuer = try text(.iss)
        claims.subject = try text(.sub)
        claims.audience = try list(.aud)
        claims.authorizedParty = try text(.azp)
        claims.expiry = try moment(.exp)
        claims.issuedAt = try moment(.iat)
        claims.notBefore = try moment(.nbf)
        claims.nonce = try text(.nonce)
        claims.accessTokenHash = try text(.accessTokenHash)
        claims.email = try text(.email)
        claims.preferredUsername = try text(.preferredUsername)
        claims.name = try text(.name)
        claims.authenticationMethods = try list(.amr)
        // Not of the standard: what has another form counts as absent.
        claims.groups = (try? list(.groups)) ?? []
        self.claims = claims
    }

    /// A string, or a list of them.
    private struct OneOrMany: Decodable {
        let texts: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(String.self) {
                texts = [one]
            } else {
                texts = try container.decode([String].self)
            }
        }
    }
}
