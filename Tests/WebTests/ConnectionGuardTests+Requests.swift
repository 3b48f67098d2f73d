import HTTPTypes
import Locking
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Web

extension ConnectionGuardTests {
    private static let badBodies: [(head: String, body: String)] = [
        ("Content-Length: 1000000", String(repeating: "a", count: (64 << 10) + 1)),
        ("Transfer-Encoding: chunked", "no number\r\n"),
    ]

    @Test(
        "a body beyond 64 KiB, and one that is none, end the connection once its answer has left, and are a request",
        arguments: badBodies, [true, false])
    func badBody(bad: (head: String, body: String), isAnsweredBefore: Bool) throws {
        let channel = try connection()
        try send("POST / HTTP/1.1\r\nHost: x\r\n\(bad.head)\r\n\r\n", channel)
        if isAnsweredBefore { try answer(channel) }
        try send(bad.body + Self.request, channel)
        #expect(channel.isActive)
        if !isAnsweredBefore { try answer(channel) }
        #expect(try sent(channel).ranges(of: "HTTP/1.1 ").count == 1)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
        #expect(desk.heads == 1 && desk.errors == 0)
        #expect(refused.with { $0.isEmpty })
    }

    @Test("a body of 64 KiB is thrown away, and the next request is looked at")
    func largeBody() throws {
        let channel = try connection()
        try send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n", channel)
        try send(String(repeating: "a", count: 64 << 10) + Self.request, channel)
        #expect(desk.heads == 2)
    }

    @Test("a head that is too large behind an answer that takes its time is refused after that")
    func oversizedBehind() throws {
        let channel = try connection()
        try send(Self.request + "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 70_000), channel)
        try send(String(repeating: "a", count: 1000), channel)
        #expect(try sent(channel) == "" && channel.isActive)
        try answer(channel)
        let answers = try sent(channel)
        #expect(answers.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answers.ranges(of: "HTTP/1.1 401 Unauthorized\r\n").count == 1)
        #expect(desk.heads == 1 && desk.errors == 0)
        #expect(refused.with { $0 } == [.oversized])
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }

    @Test("pipelined requests all come through, and time between requests begins after the last answer")
    func pipelined() throws {
        let channel = try connection()
        try send(Self.request + Self.request + Self.request.prefix(10), channel)
        #expect(desk.heads == 2)
        try send(String(Self.request.dropFirst(10)), channel)
        #expect(desk.heads == 3)
        try answer(channel)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("after a request of HTTP/1.0 the connection ends, whatever the client asks for")
    func oldVersion() throws {
        for head in [
            "GET / HTTP/1.0\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n", "GET / HTTP/1.1\r\nHost: x\r\n",
        ] {
            try send(head + "\r\n", try connection())
        }
        #expect(desk.connectionFields == ["close", "close", nil])
    }

    @Test(
        "a head without the one Host field is refused and told of once, and what follows it is thrown away",
        arguments: [
            "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\nHost: a\r\nhost: b\r\n",
            "GET / HTTP/1.1\r\nHost: a, b\r\n",
        ])
    func host(head: String) throws {
        let channel = try connection()
        try send(Self.request, channel)
        try send(head + "\r\n" + Self.request, channel)
        #expect(desk.heads == 1)
        #expect(desk.errors == 1)
        #expect(refused.with { $0 } == [.malformed("its Host field is missing, wrong or one of several")])
    }

    @Test("an empty Host field, and one with a port, are right")
    func rightHosts() throws {
        let channel = try connection()
        for host in ["", "a:80", "[::1]:8080", "A-b.c%20"] {
            try send("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", channel)
        }
        #expect(desk.heads == 4)
    }

    @Test("what is no HTTP is told of once")
    func malformed() throws {
        let channel = try connection()
        try? send("no HTTP\r\n\r\n", channel)
        #expect(desk.errors == 1)
        #expect(refused.with { $0 }.count == 1)
    }

    @Test(
        "a head that is too large is answered once, and the rest of it is thrown away while the client still sends",
        arguments: [("X: a", 70_000), ("X: y\r\n", 101)])
    func oversized(field: String, count: Int) throws {
        let channel = try connection()
        let fields =
            count > 1000 ? field + String(repeating: "a", count: count) : String(repeating: field, count: count)
        try send("GET / HTTP/1.1\r\nHost: x\r\n" + fields, channel)
        for _ in 1...50 { try send(String(repeating: "a", count: 1000), channel) }
        #expect(channel.isActive)
        #expect(try sent(channel).hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
        #expect(desk.errors == 0)
        #expect(desk.heads == 0)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }

    @Test("an answer that is written leaves before its connection is closed")
    func wholeAnswer() throws {
        let channel = try connection()
        try send("GET / HTTP/1.1\r\nHost: x\r\n\r\n", channel)
        channel.write(
            HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: [.contentLength: "0"])), promise: nil)
        channel.write(HTTPResponsePart.end(nil), promise: nil)
        channel.close(promise: nil)
        #expect(channel.isActive)
        channel.flush()
        channel.embeddedEventLoop.run()
        #expect(try channel.readOutbound(as: ByteBuffer.self) != nil)
        #expect(!channel.isActive)
    }

    @Test("close among the connection's options ends it, and nothing behind its last request is looked at")
    func lastRequest() throws {
        let channel = try connection()
        try send("GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, close\r\n\r\n", channel)
        #expect(desk.connectionFields == ["close"])
        try send("GET / HTTP/1.1\r\nHost: x\r\n\r\n", channel)
        #expect(desk.heads == 1 && desk.errors == 0)
        #expect(refused.with { $0.isEmpty })
    }
}
