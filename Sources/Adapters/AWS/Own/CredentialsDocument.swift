import Domain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Credentials as the endpoints of containers and instances give them.
enum CredentialsDocument {
    /// The credentials in these bytes; nil where there are none.
    static func read(_ bytes: [UInt8]) -> SigningCredentials? {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)) else { return nil }
        return SigningCredentials(
            accessKeyID: fields.AccessKeyId, secretAccessKey: Secret(fields.SecretAccessKey),
            sessionToken: fields.Token.map(Secret.init),
            expiry: fields.Expiration.flatMap(Timestamp.init(rfc3339:)))
    }

    private struct Fields: Decodable {
        let AccessKeyId: String
        let SecretAccessKey: String
        let Token: String?
        let Expiration: String?
    }
}

/// A file of some kilobytes that belongs to the environment of this process.
enum SmallFile {
    /// Its bytes; nil where it can't be read.
    static func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).flatMap { $0.count <= 1 << 20 ? Array($0) : nil }
    }

    /// Its text.
    static func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }
}
