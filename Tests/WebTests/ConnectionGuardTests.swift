import HTTPTypes
import Locking
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Ports
import Testing

@testable import Web

/// Slow clients, half requests and too large ones, on a clock that the test turns.
struct ConnectionGuardTests {
    /// What comes through, and answers when the test says so.
    final class Desk: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = HTTPRequestPart

        var heads = 0
        var errors = 0
        var connectionFields: [String?] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            heads += 1
            connectionFields.append(head.headerFields[.connection])
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { errors += 1 }
    }

    /// Closes one half as a socket does; the channel of this loop knows the whole only.
    private final class HalfClosing: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .output else { return context.close(mode: mode, promise: promise) }
            promise?.succeed()
        }
    }

    let desk = Desk()
    let refused = Guarded<[ConnectionGuard.Refusal]>([])

    func connection(isTLS: Bool = false) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 64 << 10
        limits.maxHeaderListSize = 64 << 10
        limits.maxHeaderFieldCount = 100
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HalfClosing())
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        let refusal: HTTPFields = [.contentLength: "0", .connection: "close"]
        let refused = refused
        try pipeline.addHandler(
            ConnectionGuard(ConnectionGuard.Limits(), isTLS: isTLS) { reason, _ in
                refused.with { $0.append(reason) }
                return refusal
            })
        try pipeline.addHandler(desk)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    func send(_ text: String, _ channel: EmbeddedChannel) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    func answer(_ channel: EmbeddedChannel) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: [.contentLength: "0"])))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    func sent(_ channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("half a request has 15 seconds, and one more byte does not buy more")
    func halfRequest() throws {
        let channel = try connection()
        try send("GET / HTTP/1.1\r\nX: ", channel)
        for _ in 1...14 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try send("y", channel)
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(desk.heads == 0)
        #expect(refused.with { $0 } == [.late])
    }

    @Test("half a head behind an answer is told of too when its time is up")
    func halfRequestLater() throws {
        let channel = try connection()
        try send(Self.request + "GET / HT", channel)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(75))
        #expect(!channel.isActive)
        #expect(desk.heads == 1 && desk.errors == 0)
        #expect(refused.with { $0 } == [.late])
    }

    @Test("half a head whose client ends is told of once, and not answered", arguments: [true, false])
    func cutOff(isHalfClosed: Bool) throws {
        let channel = try connection()
        try send(Self.request + "GET / HTTP/1.1\r\nHo", channel)
        if isHalfClosed { channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        _ = try? channel.finish()
        #expect(desk.heads == 1 && desk.errors == 0)
        #expect(refused.with { $0 } == [.cutOff])
    }

    @Test("a TLS handshake that is not complete when its time is up is told of, and nothing is where nothing came")
    func halfHandshake() throws {
        for text in ["", "G"] {
            let channel = try connection(isTLS: true)
            if !text.isEmpty { try send(text, channel) }
            channel.embeddedEventLoop.advanceTime(by: .seconds(15))
            #expect(!channel.isActive)
        }
        #expect(refused.with { $0 } == [.noTLS("it was not complete when its time was up")])
    }

    @Test(
        "of what the TLS library says its reason is told, and no file of its own",
        arguments: [
            (
                "Error: 268435612 error:1000009c:SSL routines:OPENSSL_internal:HTTP_REQUEST at /a/b.cc:12",
                "http request"
            ),
            ("Error:  EOF during handshake", "eof during handshake"),
        ])
    func handshakeReason(line: String, reason: String) {
        #expect(HandshakeFailure.words(line) == reason)
    }

    @Test("that the most connections are open is said once, until they were clearly fewer")
    func mostConnections() {
        let (seen, told) = (Guarded(0), Guarded(0))
        var count = CountedConnections(most: 4, log: CountingLog(told: told)) { number in seen.with { $0 = number } }
        for _ in 1...4 { count.connectionOpened() }
        #expect(!count.isAcceptingNewConnections() && told.with { $0 } == 1)
        for _ in 1...2 { count.connectionClosed() }
        #expect(count.isAcceptingNewConnections() && seen.with { $0 } == 2)
        for _ in 1...2 { count.connectionOpened() }
        #expect(told.with { $0 } == 2)
    }

    private struct CountingLog: Log {
        let told: Guarded<Int>

        func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {
            told.with { $0 += 1 }
        }
    }

    @Test("nothing at all has 15 seconds too")
    func silence() throws {
        let channel = try connection()
        channel.embeddedEventLoop.advanceTime(by: .seconds(14))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(refused.with { $0.isEmpty })
    }

    @Test("between requests there are 75 seconds, each time")
    func idle() throws {
        let channel = try connection()
        for _ in 1...3 {
            try send(Self.request, channel)
            try answer(channel)
            channel.embeddedEventLoop.advanceTime(by: .seconds(74))
            #expect(channel.isActive)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(desk.heads == 3)
        #expect(refused.with { $0.isEmpty })
    }

    @Test("an answer that does not get through, or a body without an end, has 60 seconds")
    func exchange() throws {
        for head in [Self.request, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"] {
            let channel = try connection()
            try send(head, channel)
            channel.embeddedEventLoop.advanceTime(by: .seconds(59))
            #expect(channel.isActive)
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            #expect(!channel.isActive)
        }
    }
}
