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
        let key = Key(version: answer.snapshot.version, clients: answer.clients, isExtended: isExtended)
        if let bytes = kept.with({ $0.value(key, weight: Self.weight) }) { return bytes }
        let bytes = ByteBuffer(bytes: answer.roles.json(issuer: issuer, isExtended: isExtended))
        kept.with { $0.put(bytes, key, weight: Self.weight(bytes)) }
        return bytes
    }

    private static func weight(_ bytes: ByteBuffer) -> Int { bytes.readableBytes + 256 }
}
