extension Timestamp {
    /// The moment of an RFC 3339 `date-time`; nil where it is none.
    ///
    /// A fraction is dropped; `t` and `z` may be small; a leap second counts as the second before it.
    package init?(rfc3339 text: String) {
        var scanner = DateScanner(text)
        guard let year = scanner.number(digits: 4), scanner.take("-"), let month = scanner.number(digits: 2),
            scanner.take("-"), let day = scanner.number(digits: 2), scanner.take("T") || scanner.take("t"),
            let hour = scanner.number(digits: 2), scanner.take(":"), let minute = scanner.number(digits: 2),
            scanner.take(":"), let second = scanner.number(digits: 2), scanner.takeFraction(),
            let offset = scanner.offset(), scanner.isAtEnd,
            let civil = CivilTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second == 60 ? 59 : second)
        else { return nil }
        let moment = civil.moment - offset
        // A leap second is inserted at the end of a UTC day, and nowhere else (RFC 3339 appendix D).
        guard second != 60 || CivilTime(moment).isLastSecondOfDay else { return nil }
        self = moment
    }

    /// The moment as RFC 3339 in UTC, `2006-01-02T15:04:05Z`; one outside of the years 0 to 9999 as the nearest inside.
    package var rfc3339: String {
        let civil = CivilTime(self)
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return padded(civil.year, 4) + "-" + padded(civil.month, 2) + "-" + padded(civil.day, 2) + "T"
            + padded(civil.hour, 2) + ":" + padded(civil.minute, 2) + ":" + padded(civil.second, 2) + "Z"
    }

    /// The moment of an HTTP `IMF-fixdate`, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7); nil where it is none.
    ///
    /// The day's name is not compared with the date.
    package init?(httpDate text: String) {
        var scanner = DateScanner(text)
        guard scanner.takeName(of: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]) != nil, scanner.take(", "),
            let day = scanner.number(digits: 2), scanner.take(" "),
            let month = scanner.takeName(of: [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ]), scanner.take(" "), let year = scanner.number(digits: 4), scanner.take(" "),
            let hour = scanner.number(digits: 2), scanner.take(":"), let minute = scanner.number(digits: 2),
            scanner.take(":"), let second = scanner.number(digits: 2), scanner.take(" GMT"), scanner.isAtEnd,
            let civil = CivilTime(
                year: year, month: Int64(month) + 1, day: day, hour: hour, minute: minute,
                second: second == 60 ? 59 : second)
        else { return nil }
        guard second != 60 || civil.isLastSecondOfDay else { return nil }
        self = civil.moment
    }
}

extension CivilTime {
    fileprivate var isLastSecondOfDay: Bool { hour == 23 && minute == 59 && second == 59 }
}

/// Reads a date's text from front to back.
private struct DateScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly so many digits.
    mutating func number(digits count: Int) -> Int64? {
        guard rest.count >= count else { return nil }
        var number: Int64 = 0
        for byte in rest.prefix(count) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(count)
        return number
    }

    mutating func take(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard rest.starts(with: wanted) else { return false }
        rest = rest.dropFirst(wanted.count)
        return true
    }

    /// One of these names; gives its place in the list.
    mutating func takeName(of names: [StaticString]) -> Int? {
        for (place, name) in names.enumerated() where take(name) { return place }
        return nil
    }

    /// Nothing, or a point and at least one digit.
    mutating func takeFraction() -> Bool {
        guard take(".") else { return true }
        guard number(digits: 1) != nil else { return false }
        while number(digits: 1) != nil {}
        return true
    }

    /// Seconds that local time is ahead of UTC.
    mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), hours <= 23, take(":"), let minutes = number(digits: 2), minutes <= 59
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
