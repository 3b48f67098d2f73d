import Domain
import Locking
import Ports

/// Another client, with each exchange in the log, and a word to the person when this machine's clock is off the server's.
final class ReportingHTTPClient: HTTPClient {
    private let client: any HTTPClient
    private let time: any TimeSource
    private let log: any Log
    private let notices: any Notices
    private let hasWarned = Guarded(false)

    /// After how many seconds the person is told what takes so long.
    private static let patience = 3.0

    init(_ client: any HTTPClient, time: any TimeSource, log: any Log, notices: any Notices) {
        self.client = client
        self.time = time
        self.log = log
        self.notices = notices
    }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let began = time.uptime()
        // Never the query: it may hold what is nobody's business.
        let place = String(request.address.prefix { $0 != "?" })
        let patience = Task {
            await time.sleep(seconds: Self.patience)
            if !Task.isCancelled { notices.tell("Waiting for \(WebAddress(place)?.host ?? place) to answer…") }
        }
        defer { patience.cancel() }
        do {
            let response = try await client.send(request)
            let took = time.uptime() - began
            log.write(
                .info, "request", ["address": place, "status": "\(response.status)", "ms": "\(Int(took * 1000))"])
            compareClocks(response, place, took: took)
            return response
        } catch {
            log.write(.warning, "request failed", ["address": place, "reason": "\(error)"])
            throw error
        }
    }

    private func compareClocks(_ response: HTTPResponse, _ place: String, took seconds: Double) {
        guard let date = response[header: "Date"],
            let skew = ClockSkew(now: time.now(), took: Int64(seconds), serverDate: date)
        else { return }
        let isFirst = hasWarned.with { hasWarned in
            defer { hasWarned = true }
            return !hasWarned
        }
        if isFirst { notices.warn(skew.sentence(host: WebAddress(place)?.host ?? place)) }
    }
}
