/// Durations as the Go language writes them: the form that the flags and outputs of the tool that this one replaces have.
///
/// Source: Go, package time, `Duration.String` and `ParseDuration`.
package enum GoDuration {
    /// The text of so many seconds: `2159h59m57s`, `4m0s`, `0s`.
    package static func text(seconds: Int64) -> String {
        let sign = seconds < 0 ? "-" : ""
        let total = seconds.magnitude
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        if hours > 0 { return "\(sign)\(hours)h\(minutes)m\(rest)s" }
        return minutes > 0 ? "\(sign)\(minutes)m\(rest)s" : "\(sign)\(rest)s"
    }

    /// The hours of so many seconds with two decimals: `2160.00`.
    package static func hours(seconds: Int64) -> String {
        let total = seconds.magnitude
        let hundredths = (total % 3600 * 100 + 1800) / 3600
        let (hours, rest) = (total / 3600 + hundredths / 100, hundredths % 100)
        return "\(seconds < 0 ? "-" : "")\(hours).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// The seconds of a text such as `1h30m`, `90s` or `1.5h`; nil where it is no such text, negative, or more than Go can count (292 years).
    package static func seconds(_ text: some StringProtocol) -> Double? {
        if text == "0" || text == "+0" || text == "-0" { return 0 }
        var total = 0.0
        var rest = text.utf8.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(String(number)), let size = size(of: unit) else { return nil }
            total += value * size
        }
        // Go counts nanoseconds in 64 bits.
        return total < 9_223_372_036.854_775_807 ? total : nil
    }

    private static func size(of unit: some StringProtocol) -> Double? {
        switch unit {
        case "h": 3600
        case "m": 60
        case "s": 1
        case "ms": 0.001
        case "us", "µs", "μs": 0.000_001
        case "ns": 0.000_000_001
        default: nil
        }
    }
}
