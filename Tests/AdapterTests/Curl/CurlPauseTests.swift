import Locking
import Ports
import Testing

@testable import Curl

@Suite("HTTP over libcurl: a process that was stopped for longer than a request may take")
struct CurlPauseTests {
    @Test("an answer that came meanwhile, or comes soon after, is taken", arguments: [false, true])
    func stopped(isLate: Bool) async throws {
        let clock = JumpingClock()
        let client = CurlHTTPClient(
            CurlSettings(certificateBundle: nil, userAgent: "aws-oidc/test"), load: CurlLibrary.load,
            uptime: clock.uptime)
        let server = try RawServer { connection, _ in
            guard connection.readRequest() != nil else { return }
            clock.jump()
            // By the third look, what is late would be over.
            if isLate { clock.waitForLooks(3) }
            connection.answer("rotated")
        }
        let response = try await client.send(HTTPRequest(.post(body: [1]), server.address(), timeout: 15))
        #expect(response.body == Array("rotated".utf8))
    }
}

/// A clock that jumps as it does for a process that is stopped and goes on, and counts who looks at it after that.
private final class JumpingClock: Sendable {
    private let state = Guarded((offset: 0.0, looks: 0))

    var uptime: @Sendable () -> Double {
        { [state] in
            let offset = state.with { state in
                state.looks += 1
                return state.offset
            }
            return TransferLoop.uptime() + offset
        }
    }

    func jump() { state.with { $0 = (100, 0) } }

    func waitForLooks(_ number: Int) { state.wait(seconds: 30) { $0.looks >= number } }
}
