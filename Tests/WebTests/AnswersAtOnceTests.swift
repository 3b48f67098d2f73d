import Application
import Domain
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

/// What is answered on the event loop, and what goes on to where answers take their time.
struct AnswersAtOnceTests {
    /// Where requests go on to; answers as the test says.
    private final class Desk: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart

        var paths: [String] = []
        var events = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .head(let head) = unwrapInboundIn(data) { paths.append(head.path ?? "") }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) { events += 1 }
    }

    /// Takes nothing before the test says so.
    private final class SlowClient: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var unread: [EventLoopPromise<Void>] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            if let promise { unread.append(promise) }
        }

        func read() {
            for one in unread { one.succeed() }
            unread = []
        }
    }

    private let desk = Desk()
    private let lines = Guarded<[String]>([])

    private func connection() throws -> EmbeddedChannel {
        let time = StoppedClock()
        let roles = ServedRoleMap(time: time, log: NoLog())
        let issuer = try Issuer("https://id.example.com")
        let tokens = VerifiedTokens(
            verifier: NoVerifier(),
            expectations: IDTokenExpectations(
                issuer: issuer, clientID: try ClientID("c"), nonce: nil, accessToken: nil),
            digester: NoDigester(), time: time, log: NoLog())
        let lines = lines
        let service = WebService(
            answer: AnswerConfigRequest(tokens: tokens, directory: ClaimsDirectory(), roles: roles), roles: roles,
            issuer: issuer, metrics: ServiceMetrics { [] }, time: time,
            access: { line in lines.with { $0.append(String(decoding: line, as: UTF8.self)) } })
        let responder = ConfigResponder(
            service: service, rendered: RenderedAnswers(issuer: issuer), routes: ["/", "/health", "/metrics"])
        let channel = EmbeddedChannel()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(AnswersAtOnce(responder))
        try pipeline.addHandler(desk)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    /// Sends requests, and gives what is sent back at once.
    private func send(_ requests: String..., on channel: EmbeddedChannel) throws -> String {
        let text = requests.map { $0.replacing("\n", with: "\r\n") + "\r\n\r\n" }.joined()
        try channel.writeInbound(ByteBuffer(string: text))
        channel.embeddedEventLoop.run()
        return try sent(channel)
    }

    private func sent(_ channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    private func answerAtDesk(_ channel: EmbeddedChannel) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: [.contentLength: "0"])))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        _ = try sent(channel)
    }

    private static let health = "GET /health HTTP/1.1\nHost: x"
    private static let metrics = "GET /metrics HTTP/1.1\nHost: x"

    @Test("what comes while an answer takes its time waits behind it, and after that all is answered at once again")
    func order() throws {
        let channel = try connection()
        let first = try send(Self.health, Self.metrics, Self.health, Self.health, on: channel)
        #expect(first.ranges(of: "HTTP/1.1 200 OK").count == 1)
        #expect(desk.paths == ["/metrics", "/health", "/health"])
        for _ in 1...2 { try answerAtDesk(channel) }
        #expect(try send(Self.health, on: channel) == "")
        for _ in 1...2 { try answerAtDesk(channel) }
        #expect(try send(Self.health, on: channel).hasSuffix("ok\n"))
        #expect(desk.paths.count == 4)
        #expect(lines.with { $0.count } == 2)
    }

    @Test(
        "requests behind one that takes its time have their lines too where the connection ends before they are begun")
    func lost() throws {
        let channel = try connection()
        _ = try send(Self.metrics, Self.health, Self.health + "\nX-Request-Id: last", Self.health, on: channel)
        try answerAtDesk(channel)
        _ = try? channel.finish()
        let lines = lines.with { $0 }
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("\"status\":0,") }, "\(lines)")
        #expect(lines.first?.contains("\"request_id\":\"last\"") == true)
    }

    @Test(
        "an id that a proxy gave is kept where it is harmless",
        arguments: [("my-id-7", true), ("Root=1-67891233-abc;x", true), ("a\"b", false), ("a b", false)])
    func requestIDs(id: String, isKept: Bool) throws {
        let answer = try send(Self.health + "\nX-Request-Id: " + id, on: try connection())
        #expect(answer.lowercased().contains("x-request-id: \(id.lowercased())\r\n") == isKept, "\(answer)")
    }

    @Test("an answer has the fields that each has, and its line; one to HEAD has no body")
    func fields() throws {
        let channel = try connection()
        let answer = try send(Self.health + "\nX-Request-Id: from-a-proxy\nConnection: Keep-Alive", on: channel)
        #expect(
            answer.replacing("\r\n", with: "\n").lowercased() == """
                http/1.1 200 ok
                content-type: text/plain; charset=utf-8
                content-length: 3
                x-request-id: from-a-proxy
                cache-control: no-store
                x-content-type-options: nosniff
                date: tue, 14 nov 2023 22:13:20 gmt

                ok

                """)
        let head = try send("HEAD /health HTTP/1.1\nHost: x", on: channel)
        #expect(head.lowercased().contains("content-length: 3\r\n") && head.hasSuffix("\r\n\r\n"))
        #expect(lines.with { $0.count } == 2)
        #expect(lines.with { $0[0].contains("\"request_id\":\"from-a-proxy\",\"method\":\"GET\"") })
    }

    @Test("a token that was not verified yet goes on; a request without one is refused at once")
    func tokens() throws {
        let channel = try connection()
        #expect(try send("GET / HTTP/1.1\nHost: x", on: channel).hasPrefix("HTTP/1.1 401 "))
        #expect(try send("GET / HTTP/1.1\nHost: x\nAuthorization: Bearer a.b.c", on: channel) == "")
        #expect(desk.paths == ["/"])
    }

    @Test(
        "a request with a body goes on, and one that ends the connection",
        arguments: [
            "POST /health HTTP/1.1\nHost: x\nContent-Length: 0", "GET /health HTTP/1.1\nHost: x\nContent-Length: 1",
            "GET /health HTTP/1.1\nHost: x\nTransfer-Encoding: chunked", "POST /health HTTP/1.1\nHost: x",
            "GET /health HTTP/1.1\nHost: x\nConnection: close",
        ])
    func goesOn(request: String) throws {
        #expect(try send(request, on: try connection()) == "")
        #expect(desk.paths == ["/health"])
    }

    @Test("who may close the connection hears of its end when the answers have left, however slowly they are read")
    func ends() throws {
        for event in [ChannelEvent.inputClosed, ChannelShouldQuiesceEvent()] as [any Sendable] {
            let (channel, client) = (try connection(), SlowClient())
            try channel.pipeline.syncOperations.addHandler(client, position: .first)
            let events = desk.events
            #expect(try send(Self.health, on: channel) == "")
            channel.pipeline.fireUserInboundEventTriggered(event)
            #expect(client.unread.count == 1 && desk.events == events)
            client.read()
            #expect(desk.events == events + 1)
            channel.pipeline.fireUserInboundEventTriggered(event)
            #expect(desk.events == events + 2)
        }
    }

    @Test("what is written leaves before the connection is closed, when the service ends in the same moment")
    func unsent() throws {
        let channel = try connection()
        try channel.writeInbound(ByteBuffer(string: Self.health.replacing("\n", with: "\r\n") + "\r\n\r\n"))
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try sent(channel).hasSuffix("ok\n"))
    }

    @Test("many answers leave together, once all is read; beyond 64 KiB they don't wait for that")
    func gathered() throws {
        let request = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"
        let channel = try connection()
        try channel.writeInbound(ByteBuffer(string: String(repeating: request, count: 100)))
        #expect(try sent(channel) == "")
        channel.embeddedEventLoop.run()
        let body = "There is nothing here.\n"
        #expect(try sent(channel).ranges(of: body).count == 100)
        let many = (64 << 10) / body.utf8.count + 1
        try channel.writeInbound(ByteBuffer(string: String(repeating: request, count: many)))
        #expect(try sent(channel).ranges(of: body).count == many)
    }

    @Test("the answers to a client that does not read go on, where they wait until it does")
    func unread() throws {
        let channel = try connection()
        channel.isWritable = false
        #expect(try send(Self.health, on: channel) == "")
        #expect(desk.paths == ["/health"])
    }
}

private struct NoLog: Log {
    func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {}
}
