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
    /// Apart from the others: whoever asks for ever-new ones must not have those forgotten.
    private let keptConfigs = Guarded(BoundedCache<Key, ByteBuffer>(capacity: 16 << 20))

    init(issuer: Issuer) {
        self.issuer = issuer
    }

    /// The answer as JSON.
    func json(_ answer: ConfigAnswer, isExtended: Bool) -> ByteBuffer {
        bytes(answer, .json(isExtended: isExtended), in: kept) {
            ByteBuffer(bytes: answer.roles.json(issuer: issuer, isExtended: isExtended))
        }
    }

    /// The same where it is kept; nil where it has to be written, which takes a while for thousands of roles.
    func jsonAtHand(_ answer: ConfigAnswer, isExtended: Bool) -> ByteBuffer? {
        kept(answer, .json(isExtended: isExtended), in: kept)
    }

    /// The answer as an AWS config file, which takes a while for thousands of roles.
    ///
    /// A default role that the person does not have is none: what is kept for it is what is kept without one, and a comment
    /// before that says so.
    func config(_ answer: ConfigAnswer, region: AWSRegion, defaultRole: String?) throws(NoConfigText) -> ByteBuffer {
        if let bytes = configAtHand(answer, region: region, defaultRole: defaultRole) { return bytes }
        let own = defaultRole.flatMap { name in
            answer.roles.profiles.contains { $0.role.roleName == name } ? name : nil
        }
        let form = Form.config(region: region.text, defaultRole: own)
        let bytes = try bytes(answer, form, in: keptConfigs) { () throws(NoConfigText) in
            ByteBuffer(string: try answer.configText(region: region, defaultRole: own, issuer: issuer))
        }
        guard let defaultRole, own == nil else { return bytes }
        var text = ByteBuffer(string: answer.lackComment(of: defaultRole, issuer: issuer))
        text.writeImmutableBuffer(bytes)
        return text
    }

    /// The same where it is kept; nil where it has to be written.
    func configAtHand(_ answer: ConfigAnswer, region: AWSRegion, defaultRole: String?) -> ByteBuffer? {
        kept(answer, .config(region: region.text, defaultRole: defaultRole), in: keptConfigs)
    }

    private func bytes<Failure: Error>(
        _ answer: ConfigAnswer, _ form: Form, in cache: Guarded<BoundedCache<Key, ByteBuffer>>,
        _ write: () throws(Failure) -> ByteBuffer
    ) throws(Failure) -> ByteBuffer {
        if let bytes = kept(answer, form, in: cache) { return bytes }
        let bytes = try write()
        cache.with { $0.put(bytes, Self.key(answer, form), weight: Self.weight(bytes)) }
        return bytes
    }

    private func kept(_ answer: ConfigAnswer, _ form: Form, in cache: Guarded<BoundedCache<Key, ByteBuffer>>)
        -> ByteBuffer?
    {
        cache.with { $0.value(Self.key(answer, form), weight: Self.weight) }
    }

    private static func key(_ answer: ConfigAnswer, _ form: Form) -> Key {
        Key(version: answer.snapshot.version, clients: answer.clients, form: form)
    }

    private static func weight(_ bytes: ByteBuffer) -> Int { bytes.readableBytes + 256 }
}
