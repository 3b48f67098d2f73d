import Application
import Domain
import Locking
import NIOCore

/// Keeps answers as the bytes that they are sent as: people ask again and again for the same.
final class RenderedAnswers: Sendable {
    private struct Key: Hashable, Sendable {
        let version: Int
        let clients: Set<ClientID>
        let isExtended: Bool
    }

    private let issuer: Issuer
    /// The weight is in bytes.
    private let kept = Guarded(BoundedCache<Key, ByteBuffer>(capacity: 32 << 20))

    init(issuer: Issuer) {
        self.issuer = issuer
    }

    /// The answer as JSON.
    func json(_ answer: ConfigAnswer, isExtended: Bool) -> ByteBuffer {
        if let bytes = jsonAtHand(answer, isExtended: isExtended) { return bytes }
        let bytes = ByteBuffer(bytes: answer.roles.json(issuer: issuer, isExtended: isExtended))
        kept.with { $0.put(bytes, Self.key(answer, isExtended), weight: Self.weight(bytes)) }
        return bytes
    }

    /// The same where it is kept; nil where it has to be written, which takes a while for thousands of roles.
    func jsonAtHand(_ answer: ConfigAnswer, isExtended: Bool) -> ByteBuffer? {
        kept.with { $0.value(Self.key(answer, isExtended), weight: Self.weight) }
    }

    private static func key(_ answer: ConfigAnswer, _ isExtended: Bool) -> Key {
        Key(version: answer.snapshot.version, clients: answer.clients, isExtended: isExtended)
    }

    private static func weight(_ bytes: ByteBuffer) -> Int { bytes.readableBytes + 256 }
}
