import FlyingFox
import FlyingSocks
import Foundation
import Testing

/// A real HTTP server in the test's process, for as long as the closure runs.
enum FoxServer {
    /// Serves `route` with `answer` (path and body in; status, fields and body out) and gives the server's address to `body`.
    static func run<Value: Sendable>(
        _ answer: @escaping @Sendable (_ path: String, _ body: String) async -> (Int, [String: String], String),
        _ body: (_ address: String) async throws -> Value
    ) async throws -> Value {
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), logger: .disabled)
        await server.appendRoute("*") { request in
            let text = String(decoding: try await request.bodyData, as: UTF8.self)
            let (status, fields, body) = await answer(request.path, text)
            var headers = HTTPHeaders()
            for (name, value) in fields { headers[FlyingFox.HTTPHeader(name)] = value }
            return HTTPResponse(
                statusCode: HTTPStatusCode(status, phrase: "As asked"), headers: headers, body: Data(body.utf8))
        }
        let task = Task { try await server.run() }
        defer { task.cancel() }
        try await server.waitUntilListening(timeout: 60)
        guard case .ip4(_, let port) = await server.listeningAddress else { throw POSIXError(.EADDRNOTAVAIL) }
        return try await body("http://127.0.0.1:\(port)")
    }
}
