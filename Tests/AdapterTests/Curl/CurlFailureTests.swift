import Foundation
import Ports
import Testing

@testable import Curl

@Suite("HTTP over libcurl: why there is no answer")
struct CurlFailureTests {
    let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "aws-oidc/test"))

    @Test(
        "an address that may not be asked is refused before libcurl is even loaded",
        arguments: [
            "http://example.com/", "http://127.0.0.1.example.com/", "http://2130706433/", "http://0.0.0.0/",
            "http://[::2]/", "HTTP://example.com/", "ftp://localhost/", "file:///etc/passwd", "localhost", "",
            "https://someone@localhost/", "http://localhost:80\\@example.com/", "https://exa mple/",
            "https://localhost/a b", "https://localhost/\r\nX: y", "https://localhost/ü", "https:///path",
        ])
    func badAddress(_ address: String) async {
        let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "")) { () throws(HTTPFailure) in
            throw .unavailable(reason: "it was loaded")
        }
        let failure = await failure(HTTPRequest(.get, address), client)
        guard case .badAddress = failure else {
            Issue.record("\(address): \(failure as Any)")
            return
        }
    }

    @Test(
        "a header field that would become two is refused",
        arguments: [
            ("X", "a\r\nY: b"), ("X", "a\nb"), ("X\r\nY", "a"), ("X: Y", "a"), ("", "a"), ("X;", "a"), ("X", "a\0"),
        ])
    func badHeader(_ name: String, _ value: String) async {
        let request = HTTPRequest(.get, "https://localhost/", headers: [HTTPHeader(name, value)])
        let failure = await failure(request, client)
        guard case .badAddress = failure else {
            Issue.record("\(failure as Any)")
            return
        }
    }

    @Test("a machine without libcurl is told what to install", arguments: ["libaws-oidc-nothing.so.4", "libz.so.1"])
    func noLibrary(_ fileName: String) async throws {
        let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "")) { () throws(HTTPFailure) in
            if let failure = CurlLibrary.open([fileName]) { throw failure }
        }
        guard case .unavailable(let reason) = await failure(HTTPRequest(.get, "https://localhost/"), client) else {
            Issue.record("it was loaded")
            return
        }
        #expect(reason.contains(fileName))
        #expect(reason.contains(CurlLibrary.remedy))
    }

    @Test("libcurl is loaded once, by the first request")
    func loadedOnce() async throws {
        let loads = Events()
        let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "")) { () throws(HTTPFailure) in
            loads.add("loaded")
            try CurlLibrary.load()
        }
        let server = try RawServer { connection, _ in
            guard connection.readRequest() != nil else { return }
            loads.add("answered")
            connection.answer("", "Connection: close\r\n")
        }
        for _ in 1...2 { _ = try await client.send(HTTPRequest(.get, server.address())) }
        #expect(await loads.all() == ["loaded", "answered", "answered"])
    }

    @Test("a port where nobody listens is unreachable, and nothing arrived")
    func refused() async throws {
        let (socket, port) = try RawServer.bound()
        defer { close(socket) }
        let failure = await failure(HTTPRequest(.post(body: [1]), "http://127.0.0.1:\(port)/"), client)
        guard case .unreachable("127.0.0.1", let reason, requestMayHaveArrived: false) = failure else {
            Issue.record("\(failure as Any)")
            return
        }
        #expect(reason.contains("\(port)"))
    }

    @Test("a name that nobody has is unreachable, and nothing arrived")
    func unknownHost() async throws {
        let failure = await failure(HTTPRequest(.get, "https://nothing.invalid/"), client)
        guard case .unreachable("nothing.invalid", _, requestMayHaveArrived: false) = failure else {
            Issue.record("\(failure as Any)")
            return
        }
    }

    @Test(
        "a connection that breaks after the request is unreachable, and it may have arrived",
        arguments: [
            "", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nX: y", "no HTTP\r\n\r\n",
        ])
    func broken(_ answer: String) async throws {
        let server = try RawServer { connection, _ in
            _ = connection.readRequest()
            connection.write(answer)
        }
        let failure = await failure(HTTPRequest(.post(body: [1]), server.address()), client)
        guard case .unreachable("127.0.0.1", _, requestMayHaveArrived: true) = failure else {
            Issue.record("\(failure as Any)")
            return
        }
    }

    @Test("a POST is never sent twice, though its kept connection broke without an answer")
    func postOnce() async throws {
        let server = try RawServer { connection, _ in
            guard connection.readRequest() != nil else { return }
            connection.answer("")
            _ = connection.readRequest()
        }
        _ = try await client.send(HTTPRequest(.get, server.address()))
        let failure = await failure(HTTPRequest(.post(body: [1]), server.address()), client)
        guard case .unreachable("127.0.0.1", _, requestMayHaveArrived: true) = failure else {
            Issue.record("\(failure as Any)")
            return
        }
    }

    @Test("a GET is sent again when its kept connection broke without an answer")
    func getAgain() async throws {
        let server = try RawServer { connection, number in
            guard connection.readRequest() != nil else { return }
            connection.answer("from \(number)")
            _ = connection.readRequest()
        }
        _ = try await client.send(HTTPRequest(.get, server.address()))
        let response = try await client.send(HTTPRequest(.get, server.address()))
        #expect(response.body == Array("from 1".utf8))
    }

    @Test("a server that takes the request and is silent: timed out, and it may have arrived")
    func silent() async throws {
        let server = try RawServer()
        let failure = await failure(HTTPRequest(.get, server.address(), timeout: 0.3), client)
        #expect(failure == .timedOut(host: "127.0.0.1", seconds: 0.3, requestMayHaveArrived: true))
    }

    @Test("a server that is silent in the middle of its answer: timed out, and the request may have arrived")
    func stuck() async throws {
        let server = try RawServer { connection, _ in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            connection.waitForClose()
        }
        let failure = await failure(HTTPRequest(.get, server.address(), timeout: 0.3), client)
        #expect(failure == .timedOut(host: "127.0.0.1", seconds: 0.3, requestMayHaveArrived: true))
    }

    @Test("a TLS handshake that is never answered: timed out, and nothing arrived")
    func silentHandshake() async throws {
        let server = try RawServer()
        let request = HTTPRequest(.post(body: [1]), "https://127.0.0.1:\(server.port)/", timeout: 0.3)
        let failure = await failure(request, client)
        #expect(failure == .timedOut(host: "127.0.0.1", seconds: 0.3, requestMayHaveArrived: false))
    }

    @Test("no time left is timed out at once", arguments: [0, -1, Double.nan])
    func noTime(_ timeout: Double) async {
        let failure = await failure(HTTPRequest(.get, "https://localhost/", timeout: timeout), client)
        guard case .timedOut("localhost", _, requestMayHaveArrived: false) = failure else {
            Issue.record("\(failure as Any)")
            return
        }
    }

    @Test("a body may have as many bytes as the limit says", arguments: [0, 1, 100_000])
    func fits(_ size: Int) async throws {
        let server = try RawServer { connection, _ in
            _ = connection.readRequest()
            connection.answer(String(repeating: "x", count: size))
        }
        let response = try await client.send(HTTPRequest(.get, server.address(), bodyLimit: size))
        #expect(response.body.count == size)
    }

    @Test("one byte more is too large", arguments: [0, 1, 100_000])
    func tooLarge(_ limit: Int) async throws {
        let server = try RawServer { connection, _ in
            _ = connection.readRequest()
            connection.answer(String(repeating: "x", count: limit + 1))
        }
        let failure = await failure(HTTPRequest(.get, server.address(), bodyLimit: limit), client)
        #expect(failure == .tooLarge(host: "127.0.0.1", limit: limit))
    }

    @Test("the limit holds for the unpacked body")
    func bomb() async throws {
        let packed = try #require(
            Data(
                base64Encoded: "H4sIAAAAAAACA+3BMQEAAADCoPVPbQ0Po" + String(repeating: "A", count: 128)
                    + "IBXA32VEdSghgEA"))
        let server = try RawServer { connection, _ in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
            connection.write(Array(packed))
        }
        let failure = await failure(HTTPRequest(.get, server.address(), bodyLimit: 99_999), client)
        #expect(failure == .tooLarge(host: "127.0.0.1", limit: 99_999))
    }

    @Test("a header without end is too large")
    func endlessHeader() async throws {
        let server = try RawServer { connection, _ in
            _ = connection.readRequest()
            connection.write(
                "HTTP/1.1 200 OK\r\n" + String(repeating: "X: \(String(repeating: "y", count: 1000))\r\n", count: 400))
            connection.waitForClose()
        }
        let failure = await failure(HTTPRequest(.get, server.address()), client)
        #expect(failure == .tooLarge(host: "127.0.0.1", limit: Answer.headerLimit))
    }
}

/// Why that request failed; nil where it did not.
func failure(_ request: HTTPRequest, _ client: CurlHTTPClient) async -> HTTPFailure? {
    do throws(HTTPFailure) {
        _ = try await client.send(request)
        return nil
    } catch {
        return error
    }
}
