import Locking
package import Ports

/// HTTP over libcurl, which is loaded by the first request.
///
/// HTTP/2 where the server has it, connections kept for the next request, proxies by HTTPS_PROXY and NO_PROXY (never for
/// a loopback host). A POST is never sent twice.
package final class CurlHTTPClient: HTTPClient {
    private let settings: CurlSettings
    private let load: @Sendable () throws(HTTPFailure) -> Void
    private let uptime: @Sendable () -> Double
    private let loop = Guarded<TransferLoop?>(nil)

    /// A client with those settings; it touches neither disk nor network yet.
    package convenience init(_ settings: CurlSettings) {
        self.init(settings, load: CurlLibrary.load)
    }

    /// A client that makes libcurl ready in its own way, and judges what is late by that clock.
    init(
        _ settings: CurlSettings, load: @escaping @Sendable () throws(HTTPFailure) -> Void,
        uptime: @escaping @Sendable () -> Double = TransferLoop.uptime
    ) {
        self.settings = settings
        self.load = load
        self.uptime = uptime
    }

    deinit {
        loop.with { $0?.stop() }
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        try await exchange(request, receive: nil)
    }

    private func exchange(_ request: HTTPRequest, receive: HTTPReceiver?) async throws(HTTPFailure) -> HTTPResponse {
        // The client's end stops the loop: not while a request is under way.
        defer { withExtendedLifetime(self) {} }
        _ = try request.checkedAddress()
        let loop = try startedLoop()
        let transfer = try Transfer(request, settings, receive: receive)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { loop.start(transfer, $0) }
        } onCancel: {
            loop.cancel(transfer)
        }
        return try outcome.get()
    }

    private func startedLoop() throws(HTTPFailure) -> TransferLoop {
        try loop.with { loop throws(HTTPFailure) in
            if let loop { return loop }
            try load()
            let started = try TransferLoop(uptime)
            loop = started
            return started
        }
    }
}

extension CurlHTTPClient: HTTPStreaming {
    package func stream(_ request: HTTPRequest, receive: @escaping @Sendable (Int, [UInt8]) -> Bool)
        async throws(HTTPFailure) -> HTTPResponse
    {
        try await exchange(request, receive: receive)
    }
}
