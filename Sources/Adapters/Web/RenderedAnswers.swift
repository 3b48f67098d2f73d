import Application
import Domain
import Locking
import NIOCore

/// Keeps answers as the bytes that they are sent as: people ask again and again for the same.
final class RenderedAnswers: Sendable {
    private enum Form: Hashable, Sendable {
        case json(isExtended: Bool)
        case config(region: String, defaultRole: String?)
    }

    private struct Key: Hashable, Sendable {
        let version: Int
        let clients: Set<ClientID>
        let form: Form
    }

    private let issuer: Issuer
    /// The weight is in bytes.
    private let kept = Guarded(BoundedCache<Key, ByteBuffer>(capacity: 32 << 20))

    init(issuer: Issuer) {
        self.issuer = issuer
    }

    /// The answer as JSON.
    func json(_ answer: ConfigAnswer, isExtended: Bool) -> ByteBuffer {
        bytes(answer, .json(isExtended: isExtended)) {
            ByteBuffer(bytes: answer.roles.json(issuer: issuer, isExtended: isExtended))
        }
    }

    /// The same where it is kept; nil where it has to be written, which takes a while for thousands of roles.
    func jsonAtHand(_ answer: ConfigAnswer, isExtended: Bool) -> ByteBuffer? {
        kept(answer, .json(isExtended: isExtended))
    }

    /// The answer as an AWS config file.
    func config(_ answer: ConfigAnswer, region: AWSRegion, defaultRole: String?) throws(ConfigEditError) -> ByteBuffer {
        // No role has a longer name: whoever asks for one has no use for what is kept.
        let known = defaultRole.flatMap { $0.utf8.count <= 64 ? $0 : nil }
        return try bytes(answer, .config(region: region.text, defaultRole: known)) { () throws(ConfigEditError) in
            ByteBuffer(string: try answer.configText(region: region, defaultRole: known, issuer: issuer))
        }
    }

    private func bytes<Failure: Error>(
        _ answer: ConfigAnswer, _ form: Form, _ write: () throws(Failure) -> ByteBuffer
    ) throws(Failure) -> ByteBuffer {
        if let bytes = kept(answer, form) { return bytes }
        let bytes = try write()
        kept.with { $0.put(bytes, Self.key(answer, form), weight: Self.weight(bytes)) }
        return bytes
    }

    private func kept(_ answer: ConfigAnswer, _ form: Form) -> ByteBuffer? {
        kept.with { $0.value(Self.key(answer, form), weight: Self.weight) }
    }

    private static func key(_ answer: ConfigAnswer, _ form: Form) -> Key {
        Key(version: answer.snapshot.version, clients: answer.clients, form: form)
    }

    private static func weight(_ bytes: ByteBuffer) -> Int { bytes.readableBytes + 256 }
}
