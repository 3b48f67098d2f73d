package import Domain
package import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The token file's format, which is that of the tool that this one replaces: gzip of base64 of JSON.
///
/// It ignores members that it does not know, so that ours may have more.
enum TokenRecordCoding {
    /// No record is larger than this, compressed or not.
    static let sizeLimit = 1 << 20

    /// The file's bytes for these tokens.
    static func encode(_ tokens: TokenSet) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        guard let json = try? encoder.encode(Members(tokens)) else { return nil }
        return Gzip.compress(Array(json.base64EncodedString().utf8))
    }

    /// The tokens of a file; nil where it is no whole record.
    static func read(_ bytes: [UInt8]) throws(NewerTokenFormat) -> TokenSet? {
        guard let text = Gzip.decompress(bytes, limit: sizeLimit), let json = Data(base64Encoded: Data(text)) else {
            return nil
        }
        let members = try? JSONDecoder().decode(Members.self, from: json)
        // A newer version's may have other members.
        let version = members?.Version ?? (try? JSONDecoder().decode(Version.self, from: json))?.Version ?? 0
        guard version <= format else { throw NewerTokenFormat(version) }
        return members?.tokens
    }

    /// The tokens of what this version has written itself; nil where it is no whole record.
    static func decode(_ bytes: [UInt8]) -> TokenSet? { (try? read(bytes)) ?? nil }

    /// The number of this format, in `Version`.
    fileprivate static let format = 0

    /// The one member that every version's record has.
    private struct Version: Decodable {
        var Version: Int
    }

    /// The JSON's members, by their names in it.
    private struct Members: Codable {
        var Version = TokenRecordCoding.format
        var access_token: String
        var token_type: String?
        var refresh_token: String?
        var expiry: String
        var expires_in: Int64?
        var token: String
        var claims: Claims
        var refresh_token_expiry: String?
        var refresh_gives_id_token: Bool?
        var sign_in: String?

        struct Claims: Codable {
            var iss: String
            var aud: String
            var sub: String
            var name: String
            var amr: [String]?
            var email: String
            var preferred_username: String
        }

        init(_ tokens: TokenSet) {
            access_token = tokens.accessToken.revealed
            token_type = tokens.tokenType
            refresh_token = tokens.refreshToken?.revealed
            expiry = tokens.accessTokenExpiry.rfc3339
            expires_in = tokens.expiresIn
            token = tokens.idToken.revealed
            let told = tokens.claims
            claims = Claims(
                iss: told.issuer ?? "", aud: told.audience.first ?? "", sub: told.subject ?? "", name: told.name ?? "",
                amr: told.authenticationMethods, email: told.email ?? "",
                preferred_username: told.preferredUsername ?? "")
            refresh_token_expiry = tokens.refreshTokenExpiry?.rfc3339
            refresh_gives_id_token = tokens.refreshGivesIDToken ? nil : false
            sign_in = tokens.signIn
        }

        var tokens: TokenSet? {
            guard Version == TokenRecordCoding.format, !token.isEmpty, let end = Timestamp(rfc3339: expiry),
                let told = StoredClaims.claims(of: token)
            else { return nil }
            var tokens = TokenSet(
                accessToken: Secret(access_token), tokenType: token_type ?? "Bearer", accessTokenExpiry: end,
                expiresIn: expires_in, idToken: Secret(token), claims: told,
                refreshToken: refresh_token.flatMap { $0.isEmpty ? nil : Secret($0) },
                refreshTokenExpiry: refresh_token_expiry.flatMap { Timestamp(rfc3339: $0) })
            tokens.refreshGivesIDToken = refresh_gives_id_token ?? true
            tokens.signIn = sign_in
            return tokens
        }
    }
}

/// The same format for a store that keeps its records elsewhere.
package struct GoTokenCoding: TokenCoding {
    /// The format.
    package init() {}

    package func encode(_ tokens: TokenSet) -> [UInt8]? { TokenRecordCoding.encode(tokens) }

    package func decode(_ bytes: [UInt8]) throws(NewerTokenFormat) -> TokenSet? { try TokenRecordCoding.read(bytes) }
}

/// The claims of an id_token that was verified when it was received, and is ours since.
///
/// A claim of an unexpected kind counts as absent: it must not cost the record that it stands in.
private enum StoredClaims {
    static func claims(of idToken: String) -> IDTokenClaims? {
        let parts = idToken.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decode(parts[1]),
            let read = try? JSONDecoder().decode(Reading.self, from: Data(bytes))
        else { return nil }
        return read.claims
    }

    private struct Reading: Decodable {
        var claims = IDTokenClaims()

        private enum Key: String, CodingKey {
            case iss, sub, aud, azp, exp, iat, email, preferred_username, name, amr
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Key.self)
            func text(_ key: Key) -> String? { try? members.decode(String.self, forKey: key) }
            func list(_ key: Key) -> [String] {
                (try? members.decode([String].self, forKey: key)) ?? text(key).map { [$0] } ?? []
            }
            func moment(_ key: Key) -> Timestamp? {
                (try? members.decode(Double.self, forKey: key)).flatMap { Int64(exactly: $0.rounded(.down)) }
                    .map { Timestamp(seconds: $0) }
            }
            claims.issuer = text(.iss)
            claims.subject = text(.sub)
            claims.audience = list(.aud)
            claims.authorizedParty = text(.azp)
            claims.expiry = moment(.exp)
            claims.issuedAt = moment(.iat)
            claims.email = text(.email)
            claims.preferredUsername = text(.preferred_username)
            claims.name = text(.name)
            claims.authenticationMethods = list(.amr)
        }
    }
}
