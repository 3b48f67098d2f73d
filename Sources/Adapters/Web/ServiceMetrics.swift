import Locking

/// Counts what is asked and how long it takes, for Prometheus (text exposition format 0.0.4).
package final class ServiceMetrics: Sendable {
    /// A number that somebody else knows, asked for when it is read.
    package struct Gauge: Sendable {
        /// Its name, without the service's prefix.
        package let name: String
        /// What it says, for a person.
        package let help: String
        /// Whether it only ever grows.
        package let isCounter: Bool
        /// The number.
        package let value: Double

        /// A number.
        package init(_ name: String, _ value: Double, isCounter: Bool = false, help: String) {
            self.name = name
            self.value = value
            self.isCounter = isCounter
            self.help = help
        }
    }

    private struct Route: Hashable, Sendable {
        let path: String
        let status: Int
    }

    private struct State: Sendable {
        var requests: [Route: Int] = [:]
        var buckets = [Int](repeating: 0, count: ServiceMetrics.bounds.count + 1)
        var seconds: Double = 0
        var count = 0
        var oversized = 0
        var failedHandshakes = 0
        var connections = 0
    }

    /// Upper bounds of the latencies' buckets, in seconds.
    private static let bounds: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    private let state = Guarded(State())
    private let gauges: @Sendable () async -> [Gauge]

    /// Metrics of a service, with what others know.
    package init(gauges: @escaping @Sendable () async -> [Gauge]) {
        self.gauges = gauges
    }

    /// Counts a request.
    ///
    /// - Parameter route: one of the few paths that there are: whoever asks must not be able to make up rows.
    func count(_ route: String, status: Int, seconds: Double) {
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.with { state in
            state.requests[Route(path: route, status: status), default: 0] += 1
            state.buckets[bucket] += 1
            state.seconds += seconds
            state.count += 1
        }
    }

    /// Counts a request whose header was too large to be read.
    func countOversized() {
        state.with { $0.oversized += 1 }
    }

    /// Counts a TLS handshake that failed.
    func countFailedHandshake() {
        state.with { $0.failedHandshakes += 1 }
    }

    /// Takes note of how many connections are open.
    func note(connections: Int) {
        state.with { $0.connections = connections }
    }

    /// All of it as text.
    func text() async -> String {
        let state = state.with { $0 }
        var text = Self.head("requests_total", "counter", "Requests answered.")
        for (route, count) in state.requests.sorted(by: { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) })
        {
            text += "aws_oidc_requests_total{path=\"\(route.path)\",status=\"\(route.status)\"} \(count)\n"
        }
        text += Self.head("oversized_requests_total", "counter", "Requests refused for the size of their header.")
        text += "aws_oidc_oversized_requests_total \(state.oversized)\n"
        text += Self.head("failed_handshakes_total", "counter", "TLS handshakes that failed.")
        text += "aws_oidc_failed_handshakes_total \(state.failedHandshakes)\n"
        text += Self.head("open_connections", "gauge", "Connections to the service, those to --metrics-port apart.")
        text += "aws_oidc_open_connections \(state.connections)\n"
        text += Self.head("request_duration_seconds", "histogram", "Time from a request's head to its answer.")
        var sum = 0
        for (bound, count) in zip(Self.bounds.map(Self.number) + ["+Inf"], state.buckets) {
            sum += count
            text += "aws_oidc_request_duration_seconds_bucket{le=\"\(bound)\"} \(sum)\n"
        }
        text += "aws_oidc_request_duration_seconds_sum \(state.seconds)\n"
        text += "aws_oidc_request_duration_seconds_count \(state.count)\n"
        for gauge in await gauges() {
            text += Self.head(gauge.name, gauge.isCounter ? "counter" : "gauge", gauge.help)
            text += "aws_oidc_\(gauge.name) \(Self.number(gauge.value))\n"
        }
        return text
    }

    private static func head(_ name: String, _ type: String, _ help: String) -> String {
        "# HELP aws_oidc_\(name) \(help)\n# TYPE aws_oidc_\(name) \(type)\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
