import Curl
import Ports
import Testing

@Suite("HTTP over libcurl: cancelled requests")
struct CurlCancellationTests {
    let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "aws-oidc/test"))

    @Test("cancelling the task ends the exchange and its connection")
    func underWay() async throws {
        let events = Events()
        let server = try RawServer { connection, _ in
            _ = connection.readRequest()
            events.add("asked")
            connection.waitForClose()
            events.add("closed")
        }
        let task = Task { await failure(HTTPRequest(.get, server.address()), client) }
        #expect(await events.next() == "asked")
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(await events.next() == "closed")
    }

    @Test("a task that is cancelled before it asks never asks")
    func beforeStart() async throws {
        let events = Events()
        let server = try RawServer { _, _ in events.add("connected") }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure(HTTPRequest(.get, server.address()), client)
        }
        #expect(await task.value == .cancelled)
        #expect(await events.all() == [])
    }

    @Test("one that is cancelled does not disturb the others")
    func others() async throws {
        let events = Events()
        let server = try RawServer { connection, _ in
            guard let request = connection.readRequest() else { return }
            if request.hasPrefix("GET /silent") {
                events.add("asked")
                return connection.waitForClose()
            }
            connection.answer("fine")
        }
        let silent = Task { await failure(HTTPRequest(.get, server.address("/silent")), client) }
        _ = await events.next()
        silent.cancel()
        let response = try await client.send(HTTPRequest(.get, server.address()))
        #expect(response.body == Array("fine".utf8))
        #expect(await silent.value == .cancelled)
    }

    @Test("cancels that race with the start and the end of 500 requests lose none of them")
    func races() async throws {
        let server = try RawServer { connection, _ in
            while connection.readRequest() != nil { connection.answer("") }
        }
        let outcomes = await withTaskGroup(of: HTTPFailure?.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let task = Task { await failure(HTTPRequest(.get, server.address()), client) }
                    for _ in 0..<(number % 20) { await Task.yield() }
                    task.cancel()
                    return await task.value
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 500)
        #expect(outcomes.allSatisfy { $0 == nil || $0 == .cancelled })
    }
}
