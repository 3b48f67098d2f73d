import Domain
package import Ports

/// Events of a process that runs for long, as JSON lines.
package struct StreamLog: Log {
    private let lines: LineWriter
    private let loudest: LogLevel
    private let time: any TimeSource

    /// A log of those lines; what is more verbose than `loudest` is left out.
    package init(_ lines: LineWriter, loudest: LogLevel, time: any TimeSource) {
        self.lines = lines
        self.loudest = loudest
        self.time = time
    }

    package func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {
        guard level <= loudest else { return }
        var text = JSONBytes()
        text.plain("{\"time\":")
        text.quoted(time.now().rfc3339)
        text.plain(",\"level\":")
        text.quoted("\(level)")
        text.plain(",\"msg\":")
        text.quoted(event)
        for (name, value) in fields {
            text.plain(",")
            text.quoted(name)
            text.plain(":")
            text.quoted(value)
        }
        text.plain("}")
        lines.write(text.bytes)
    }
}
