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
        var writer = DateWriter()
        writer.number(civil.year, digits: 4)
        writer.plain("-")
        writer.number(civil.month, digits: 2)
        writer.plain("-")
        writer.number(civil.day, digits: 2)
        writer.plain("T")
        writer.time(of: civil)
        writer.plain("Z")
        return writer.text
    }

    /// The moment as an HTTP `IMF-fixdate`; one outside of the years 0 to 9999 as the nearest inside.
    package var httpDate: String {
        let civil = CivilTime(self)
        // The first day of year 0 was a Saturday.
        let day = (civil.moment - CivilTime.earliest.seconds).seconds / 86400
        var writer = DateWriter()
        writer.plain(["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"][Int(day % 7)])
        writer.plain(", ")
        writer.number(civil.day, digits: 2)
        writer.plain(" ")
        writer.plain(months[Int(civil.month) - 1])
        writer.plain(" ")
        writer.number(civil.year, digits: 4)
        writer.plain(" ")
        writer.time(of: civil)
        writer.plain(" GMT")
        return writer.text
    }

    /// The moment of an HTTP `IMF-fixdate`, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7); nil where it is none.
    ///
    /// The day's name is not compared with the date.
    package init?(httpDate text: String) {
        var scanner = DateScanner(text)
        guard scanner.takeName(of: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]) != nil, scanner.take(", "),
            let day = scanner.number(digits: 2), scanner.take(" "),
            let month = scanner.takeName(of: months), scanner.take(" "), let year = scanner.number(digits: 4),
            scanner.take(" "),
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

private let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

/// Writes a date's text from front to back.
private struct DateWriter {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(32) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func plain(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func number(_ number: Int64, digits: Int) {
        var rest = number
        for place in (bytes.count..<bytes.count + digits).reversed() {
            while bytes.count <= place { bytes.append(0) }
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    mutating func time(of civil: CivilTime) {
        number(civil.hour, digits: 2)
        plain(":")
        number(civil.minute, digits: 2)
        plain(":")
        number(civil.second, digits: 2)
    }
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
