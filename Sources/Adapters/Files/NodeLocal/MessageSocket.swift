import Locking

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whole messages over a stream socket: four bytes of length, the highest first, then JSON.
final class MessageSocket: Sendable {
    /// The other end is gone, or does not speak as it should.
    struct Closed: Error {}

    private let descriptor: Int32
    private let unread = Guarded<[UInt8]>([])
    private let sending = Guarded(())

    /// Longer ones are no message of ours, in bytes.
    private static let limit = 8 << 20

    /// The socket of that descriptor, which is closed with this object.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        #if canImport(Darwin)
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    deinit { close(descriptor) }

    /// Ends the conversation for both sides; the other one notices.
    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Whether the other side has ended it, whatever of its words is still to be read.
    var isHungUp: Bool {
        var polled = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&polled, 1, 0) > 0 && polled.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
    }

    /// Sends a message whole.
    func send(_ message: some Encodable) throws(Closed) {
        guard let bytes = Self.bytes(of: message) else { throw Closed() }
        try sending.with { _ throws(Closed) in try sendAll(bytes[...]) }
    }

    /// Sends a message that may be lost: where the other side has not read those before, and there is no room for it.
    func sendIfRoom(_ message: some Encodable) {
        guard let bytes = Self.bytes(of: message) else { return }
        sending.with { _ in
            let count = bytes.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count, waits: false) }
            // One that has begun must be whole.
            if count > 0 { try? sendAll(bytes.dropFirst(count)) }
        }
    }

    private func sendAll(_ bytes: ArraySlice<UInt8>) throws(Closed) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count, waits: true) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Closed() }
            rest = rest.dropFirst(count)
        }
    }

    private static func bytes(of message: some Encodable) -> [UInt8]? {
        guard let json = try? JSONEncoder().encode(message), json.count <= limit else { return nil }
        let length = UInt32(json.count)
        return stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> $0) } + json
    }

    /// The next message, if it is there within so many milliseconds: 0 looks and returns, -1 waits for as long as it takes.
    func next<Message: Decodable>(_ type: Message.Type, within milliseconds: Int32) throws(Closed) -> Message? {
        while true {
            if let json = try takeOne() {
                guard let message = try? JSONDecoder().decode(type, from: json) else { throw Closed() }
                return message
            }
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&polled, 1, milliseconds)
            if count == 0 || count < 0 && errno == EINTR && milliseconds >= 0 { return nil }
            if count < 0 { continue }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let size = recv(descriptor, &chunk, chunk.count, 0)
            if size < 0, errno == EINTR { continue }
            guard size > 0 else { throw Closed() }
            unread.with { $0 += chunk[..<size] }
        }
    }

    private func takeOne() throws(Closed) -> Data? {
        try unread.with { unread throws(Closed) in
            guard unread.count >= 4 else { return nil }
            let length = unread[..<4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= Self.limit else { throw Closed() }
            guard unread.count >= 4 + length else { return nil }
            defer { unread.removeFirst(4 + length) }
            return Data(unread[4..<(4 + length)])
        }
    }
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, waits: Bool) -> Int {
    let flags = waits ? 0 : Int32(MSG_DONTWAIT)
    #if canImport(Glibc)
        // Whoever is gone is an error here, no signal.
        return send(descriptor, bytes, count, flags | Int32(MSG_NOSIGNAL))
    #else
        return send(descriptor, bytes, count, flags)
    #endif
}
