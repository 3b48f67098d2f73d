import Domain

/// A JWS in its compact form (RFC 7515 section 7.1), taken apart and not yet believed.
struct SignedToken {
    /// Longer ones are no id_tokens.
    private static let longest = 100 << 10

    /// `alg` of the header.
    let algorithm: JWSAlgorithm
    /// `kid` of the header.
    let keyID: String?
    /// The payload's bytes.
    let payload: [UInt8]
    /// What was signed: header and payload as they came.
    let message: [UInt8]
    /// The signature.
    let signature: [UInt8]

    /// Takes a token apart; only the header is looked into.
    init(_ token: Secret) throws(IDTokenRejection) {
        let text = token.revealed
        guard text.utf8.count <= Self.longest else {
            throw .malformed(reason: "it is longer than \(Self.longest) bytes")
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count != 5 else { throw .malformed(reason: "it is encrypted, which nobody asked for") }
        guard parts.count == 3 else { throw .malformed(reason: "it has not the three parts of a signed token") }
        guard let headerBytes = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed(reason: "its parts are not base64url") }

        let header = try Self.header(headerBytes)
        guard let algorithm = JWSAlgorithm(rawValue: header.alg) else { throw .algorithmNotAllowed(header.alg) }
        guard !header.hasCriticalExtensions else {
            throw .malformed(reason: "its header demands extensions (crit) that are not known here")
        }
        self.algorithm = algorithm
        keyID = header.kid
        self.payload = payload
        message = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    private static func header(_ bytes: [UInt8]) throws(IDTokenRejection) -> Header {
        do throws(UnreadableJSON) {
            return try JSONReading.decode(Header.self, from: bytes)
        } catch {
            throw .malformed(reason: "its header: \(error.reason)")
        }
    }

    /// The header's members (RFC 7515 section 4.1); `jwk`, `jku`, `x5c` and the like are never looked at.
    private struct Header: Decodable {
        let alg: String
        let kid: String?
        let hasCriticalExtensions: Bool

        enum CodingKeys: CodingKey {
            case alg, kid, crit
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            alg = try container.decode(String.self, forKey: .alg)
            kid = try container.decodeIfPresent(String.self, forKey: .kid)
            hasCriticalExtensions = container.contains(.crit)
        }
    }
}
