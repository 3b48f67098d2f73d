import Domain

/// The settings of a stand-in, as far as every stand-in has them.
package protocol StandInSettings: Sendable, Codable {
    /// What goes wrong, by endpoint.
    var faults: [RequestLog.Endpoint: [Fault]] { get set }
    /// Seconds by which its clock is ahead of this host's; negative where it is behind.
    var clockOffset: Int64 { get set }
}

/// Where every request of a stand-in comes in: it is written down, meets the faults, is answered and dated.
///
/// `/control` and `/control/log` are answered here, and are not written down.
final class FrontDesk<Settings: StandInSettings>: Sendable {
    private struct State: Sendable {
        var settings: Settings
        var log = RequestLog()
    }

    private let state: Locked<State>

    init(_ settings: Settings) {
        state = Locked(State(settings: settings))
    }

    var settings: Settings { state.with { $0.settings } }
    var log: RequestLog { state.with { $0.log } }

    func change<Result>(_ body: (inout Settings) throws -> Result) rethrows -> Result {
        try state.with { try body(&$0.settings) }
    }

    func resetLog() {
        state.with { $0.log.reset() }
    }

    /// The stand-in's own idea of the time.
    func now() -> Timestamp { CivilTime.now() + settings.clockOffset }

    /// Waits until so many requests have come to that endpoint since the log was reset.
    func waitForRequests(_ count: Int, at endpoint: RequestLog.Endpoint) async throws {
        while log.count(endpoint) < count {
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Answers a request to that endpoint: with a fault, or by `process`.
    func answer(
        _ request: StandInRequest, at endpoint: RequestLog.Endpoint, grantType: String? = nil,
        refusal: (_ code: String, _ message: String, _ status: Int) -> StandInAnswer,
        process: (StandInRequest) async -> StandInAnswer
    ) async -> StandInAnswer {
        if request.path == "/control" || request.path == "/control/log" { return control(request) }
        let number = state.with { $0.log.arrived(endpoint, method: request.method, grantType: grantType) }
        await delay(at: endpoint)
        var answer: StandInAnswer
        switch takeFault(at: endpoint) {
        case .status(let code, let retryAfter, _)?:
            answer = .text("Out of order, on purpose.", status: code, outcome: "fault: \(code)")
            if let retryAfter { answer.headers.append(("Retry-After", String(retryAfter))) }
        case .refusal(let code, let message, let status, _)?:
            answer = refusal(code, message ?? "Refused, on purpose.", status ?? 400)
        case .garbage?:
            answer = .page("<p>Accept our terms to use this network.</p>", title: "Welcome", outcome: "fault: garbage")
        case .dropped?:
            answer = StandInAnswer(status: 0, outcome: "fault: dropped")
            answer.isLost = true
        case .answerLost?:
            answer = await process(request)
            answer.outcome += ", answer lost"
            answer.isLost = true
        case .slow?, .held?, nil:
            answer = await process(request)
        }
        answer.headers.append(("Date", CivilTime(now()).httpDate))
        state.with { [answer] in
            $0.log.answered(number, outcome: answer.outcome, status: answer.isLost ? 0 : answer.status)
        }
        return answer
    }

    private func delay(at endpoint: RequestLog.Endpoint) async {
        let seconds = state.with { state in
            var seconds = 0.0
            state.settings.faults[endpoint] = state.settings.faults[endpoint]?.compactMap { fault in
                guard case .slow(let length, _) = fault, fault.isLive else { return fault }
                seconds += length
                return fault.spent
            }
            return seconds
        }
        if seconds > 0 { try? await Task.sleep(for: .seconds(seconds)) }
        while settings.faults[endpoint]?.contains(.held) == true, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    private func takeFault(at endpoint: RequestLog.Endpoint) -> Fault? {
        state.with { state in
            guard let index = state.settings.faults[endpoint]?.firstIndex(where: { !$0.isDelay && $0.isLive }),
                let fault = state.settings.faults[endpoint]?[index]
            else { return nil }
            if let spent = fault.spent {
                state.settings.faults[endpoint]?[index] = spent
            } else {
                state.settings.faults[endpoint]?.remove(at: index)
            }
            return fault
        }
    }
}

extension FrontDesk {
    /// Lays a JSON patch over the settings (RFC 7396).
    func patch(_ patch: JSONValue) throws {
        try change { try $0.apply(patch) }
    }

    private func control(_ request: StandInRequest) -> StandInAnswer {
        switch (request.method, request.path) {
        case ("GET", "/control"):
            return .json((try? JSONValue(encoding: settings)) ?? .null)
        case ("POST", "/control"):
            do {
                try patch(JSONValue(json: String(decoding: request.body, as: UTF8.self)))
                return .json((try? JSONValue(encoding: settings)) ?? .null)
            } catch {
                return .text("The settings stay as they were: \(error)", status: 400, outcome: "bad patch")
            }
        case ("GET", "/control/log"):
            return .json((try? JSONValue(encoding: log)) ?? .null)
        case ("DELETE", "/control/log"):
            resetLog()
            return StandInAnswer(status: 204)
        default:
            return .text("GET or POST /control, GET or DELETE /control/log.", status: 405, outcome: "method")
        }
    }
}

extension StandInSettings {
    /// Lays a JSON object over these settings (RFC 7396): null takes a setting back to none.
    ///
    /// - Throws: where it names a setting that there is not, or gives one a value that it can't have.
    package mutating func apply(_ patch: JSONValue) throws {
        guard case .object(let names) = patch else { throw UnknownSetting(name: "in what is no object") }
        let changed = try JSONValue(encoding: self).patched(with: patch).decoded(as: Self.self)
        // What is not read back is a name that the settings do not have.
        let readBack = try JSONValue(encoding: changed)
        for (name, value) in names where value != .null && readBack[name] == nil { throw UnknownSetting(name: name) }
        self = changed
    }
}

/// A patch that names a setting which there is not.
struct UnknownSetting: Error, CustomStringConvertible {
    let name: String

    var description: String { "there is no setting \(name)" }
}
