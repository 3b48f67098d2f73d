import Curl
import Foundation
import Ports
import Testing

@Suite("HTTP over libcurl: what is asked and what is answered")
struct CurlExchangeTests {
    let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "aws-oidc/test"))

    @Test("a GET gives status, header and body")
    func get() async throws {
        let response = try await FoxServer.run { path, _ in
            (200, ["X-Path": path], "body of \(path)")
        } _: { address in
            try await client.send(HTTPRequest(.get, address + "/some/path"))
        }
        #expect(response.status == 200)
        #expect(response[header: "x-path"] == "/some/path")
        #expect(response.body == Array("body of /some/path".utf8))
    }

    @Test(
        "a POST carries its body to the letter", arguments: [0, 1, 300_000])
    func post(_ size: Int) async throws {
        let body = String(repeating: "&", count: size)
        let response = try await FoxServer.run { _, body in
            (200, [:], body)
        } _: { address in
            try await client.send(HTTPRequest(.post(body: Array(body.utf8)), address))
        }
        #expect(response.body == Array(body.utf8))
    }

    @Test("an error status is an answer like any other", arguments: [400, 404, 429, 500, 503])
    func errorStatus(_ status: Int) async throws {
        let response = try await FoxServer.run { _, _ in
            (status, [:], "why")
        } _: { address in
            try await client.send(HTTPRequest(.get, address))
        }
        #expect(response.status == status)
        #expect(response.body == Array("why".utf8))
    }

    @Test("a redirect is given back and not followed", arguments: [301, 302, 303, 307, 308])
    func redirect(_ status: Int) async throws {
        let asked = Events()
        let response = try await FoxServer.run { path, _ in
            asked.add(path)
            return (status, ["Location": "/elsewhere"], "")
        } _: { address in
            try await client.send(HTTPRequest(.get, address + "/start"))
        }
        #expect(response.status == status)
        #expect(response[header: "location"] == "/elsewhere")
        #expect(await asked.all() == ["/start"])
    }

    @Test("the request goes out as it was written")
    func asWritten() async throws {
        let requests = Events()
        let server = try RawServer { connection, _ in
            requests.add(connection.readRequest() ?? "")
            connection.answer("")
        }
        let headers = [HTTPHeader("X-First", "1"), HTTPHeader("X-Empty", ""), HTTPHeader("X-Last", "ü")]
        let request = HTTPRequest(.post(body: [1, 2]), server.address("/a/../b?c=%2F+"), headers: headers)
        _ = try await client.send(request)
        let lines = try #require(await requests.next()).components(separatedBy: "\r\n")
        #expect(lines.first == "POST /a/../b?c=%2F+ HTTP/1.1")
        #expect(lines.filter { $0.hasPrefix("X-") } == ["X-First: 1", "X-Empty:", "X-Last: ü"])
        #expect(lines.contains("User-Agent: aws-oidc/test"))
        #expect(lines.contains("Content-Length: 2"))
        #expect(!lines.contains { $0.hasPrefix("Expect") })
    }

    @Test("interim answers leave no trace in the header")
    func interim() async throws {
        let server = try RawServer { connection, _ in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\nX-One:  1 \t\r\nX-Two:2\r\nX-One: again\r\nContent-Length: 0\r\n\r\n")
        }
        let response = try await client.send(HTTPRequest(.get, server.address()))
        let expected = [
            HTTPHeader("X-One", "1"), HTTPHeader("X-Two", "2"), HTTPHeader("X-One", "again"),
            HTTPHeader("Content-Length", "0"),
        ]
        #expect(response.headers == expected)
    }

    @Test("a compressed body is unpacked")
    func compressed() async throws {
        let packed = try #require(Data(base64Encoded: "H4sIAAAAAAACAysuSM3JSU1RyC8tAQDZA7r1CwAAAA=="))
        let server = try RawServer { connection, _ in
            guard connection.readRequest()?.contains("gzip") == true else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
            connection.write(Array(packed))
        }
        let response = try await client.send(HTTPRequest(.get, server.address()))
        #expect(response.body == Array("spelled out".utf8))
    }

    @Test("64 requests run at once: the server answers none before it has them all")
    func concurrent() async throws {
        let gathering = Gathering(of: 64)
        let paths = (0..<64).map { "/\($0)" }
        let bodies = try await FoxServer.run { path, _ in
            await gathering.join()
            return (200, [:], path)
        } _: { address in
            try await withThrowingTaskGroup(of: (String, [UInt8]).self) { group in
                for path in paths {
                    group.addTask { (path, try await client.send(HTTPRequest(.get, address + path)).body) }
                }
                return try await group.reduce(into: [String: [UInt8]]()) { $0[$1.0] = $1.1 }
            }
        }
        #expect(bodies == Dictionary(uniqueKeysWithValues: paths.map { ($0, Array($0.utf8)) }))
    }

    @Test("a connection is kept for the next request, and closed when the client is gone", .timeLimit(.minutes(1)))
    func keptConnection() async throws {
        let events = Events()
        let server = try RawServer { connection, number in
            while connection.readRequest() != nil {
                events.add("request on \(number)")
                connection.answer("")
            }
            events.add("closed \(number)")
        }
        do {
            let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "test"))
            _ = try await client.send(HTTPRequest(.get, server.address()))
            _ = try await client.send(HTTPRequest(.post(body: []), server.address()))
        }
        #expect(await events.next() == "request on 0")
        #expect(await events.next() == "request on 0")
        #expect(await events.next() == "closed 0")
    }
}

/// Lets nobody on before all are there.
private actor Gathering {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { missing = count }

    func join() async {
        missing -= 1
        guard missing == 0 else { return await withCheckedContinuation { waiting.append($0) } }
        for one in waiting { one.resume() }
    }
}
