import FlyingFox
import FlyingSocks

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An HTTP server on 127.0.0.1, by FlyingFox.
final class LoopbackServer: Sendable {
    /// The port that it listens on.
    let port: UInt16
    private let server: HTTPServer
    private let running: Task<Void, any Error>

    typealias Answer = @Sendable (StandInRequest) async -> StandInAnswer

    /// Listens on that port, or on one that the system chooses for 0; `make` gets the port and gives what answers.
    static func start(port: UInt16, _ make: (UInt16) async throws -> Answer) async throws -> LoopbackServer {
        let answer = Locked<Answer?>(nil)
        // The time-out is that of a handler, and a slow answer is one of the things to be had here.
        let server = HTTPServer(
            address: try .inet(ip4: "127.0.0.1", port: port), timeout: 86_400, pool: PromptSocketPool(),
            logger: .disabled,
            handler: ClosureHTTPHandler { request in
                guard let answer = answer.with({ $0 }) else { return HTTPResponse(statusCode: .serviceUnavailable) }
                return await HTTPResponse(answer(try await StandInRequest(request)))
            })
        // Whichever is first: it listens, or it ended because it can't.
        let listening = Task { try await server.waitUntilListening(timeout: 60) }
        let running = Task {
            defer { listening.cancel() }
            try await server.run()
        }
        do {
            try await listening.value
            guard case .ip4(_, let port)? = await server.listeningAddress else { throw SocketError.disconnected }
            let made = try await make(port)
            answer.with { $0 = made }
            return LoopbackServer(port: port, server: server, running: running)
        } catch {
            running.cancel()
            guard case .failure(let reason as SocketError) = await running.result, port != 0 else { throw error }
            throw PortUnavailable(port: port, reason: "\(reason)")
        }
    }

    /// Closes every socket and ends what is being answered.
    func stop() async {
        await server.stop(timeout: 0)
        running.cancel()
        _ = await running.result
    }

    private init(port: UInt16, server: HTTPServer, running: Task<Void, any Error>) {
        self.port = port
        self.server = server
        self.running = running
    }
}

/// The port that was named can't be listened on.
struct PortUnavailable: Error, CustomStringConvertible {
    let port: UInt16
    let reason: String

    var description: String { "port \(port) of 127.0.0.1 can't be listened on: \(reason)" }
}

extension StandInRequest {
    fileprivate init(_ request: HTTPRequest) async throws {
        method = request.method.rawValue
        path = request.path
        query = request.target.query()
        headers = Dictionary(
            request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        body = Array(try await request.bodyData)
    }
}

extension HTTPResponse {
    fileprivate init(_ answer: StandInAnswer) {
        guard !answer.isLost else {
            self.init(webSocket: ClosingHandler())
            return
        }
        var headers = HTTPHeaders()
        for header in answer.headers {
            headers.addValue(header.value, for: FlyingFox.HTTPHeader(header.name))
        }
        self.init(
            statusCode: HTTPStatusCode(answer.status, phrase: "Answer"), headers: headers, body: Data(answer.body))
    }
}

/// Makes FlyingFox close a connection with nothing sent: what throws before the switch to a web socket ends it.
private struct ClosingHandler: WSHandler {
    func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
        throw SocketError.disconnected
    }
}
