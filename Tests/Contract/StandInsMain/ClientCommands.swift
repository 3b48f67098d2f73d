import StandIns

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `browser ADDRESS`: for `BROWSER="…/aws-oidc-stand-ins browser"`.
enum BrowserCommand {
    static func run(_ arguments: [String]) throws {
        guard arguments.count == 1 else { throw UsageError("browser takes one address") }
        try ScriptedBrowser(environment: environment()).visit(arguments[0])
    }

    private static func environment() -> [String: String] {
        let names = ["", "_DELAY", "_LOG", "_USERNAME", "_PASSWORD"].map { "STAND_IN_BROWSER" + $0 }
        return names.reduce(into: [:]) { environment, name in
            environment[name] = getenv(name).map { String(cString: $0) }
        }
    }
}

/// `requests CONTROL…`: the logs as a table.
enum RequestsCommand {
    static func run(_ arguments: [String]) throws {
        let addresses = arguments.filter { $0 != "--reset" }
        guard !addresses.isEmpty else { throw UsageError("requests takes at least one CONTROL address") }
        var rows: [[String]] = []
        for address in addresses {
            let answer = try checked(LoopbackHTTP.send("GET", address + "/log"))
            rows += try answer.json.decoded(as: RequestLog.self).entries.map { entry in
                [
                    entry.endpoint.rawValue, entry.method, entry.grantType ?? "",
                    entry.status == 0 ? "-" : String(entry.status), entry.outcome,
                ]
            }
            if arguments.contains("--reset") { _ = try checked(LoopbackHTTP.send("DELETE", address + "/log")) }
        }
        guard !rows.isEmpty else {
            printLine("no requests")
            return
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).dropLast().map { $0 + String(repeating: " ", count: $1 - $0.count) }
            printLine((cells + row.suffix(1)).joined(separator: "  "))
        }
    }
}

/// `control CONTROL [JSON]`: settings, changed and shown.
enum ControlCommand {
    static func run(_ arguments: [String]) throws {
        guard arguments.count == 1 || arguments.count == 2 else {
            throw UsageError("control takes a CONTROL address and JSON")
        }
        let answer =
            try arguments.count == 1
            ? LoopbackHTTP.send("GET", arguments[0])
            : LoopbackHTTP.send("POST", arguments[0], body: Array(arguments[1].utf8))
        printLine(try checked(answer).text)
    }
}

/// The answer, if it is one of success.
private func checked(_ answer: LoopbackHTTP.Answer) throws -> LoopbackHTTP.Answer {
    guard (200...299).contains(answer.status) else { throw ControlRefusal(text: answer.text) }
    return answer
}

/// What a stand-in said to a control request that it did not take.
struct ControlRefusal: Error, CustomStringConvertible {
    let text: String

    var description: String { String(text.prefix { $0 != "\n" }) }
}
