/// A date and time of day in UTC, by the Gregorian calendar carried back before its start (RFC 3339 section 1).
struct CivilTime: Hashable {
    let year: Int64
    let month: Int64
    let day: Int64
    let hour: Int64
    let minute: Int64
    let second: Int64

    /// A date and time; nil where there is no such day or time.
    init?(year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, year: year)).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The first moment that four digits of a year can name.
    static let earliest = Timestamp(seconds: -62_167_219_200)
    /// The last one.
    static let latest = Timestamp(seconds: 253_402_300_799)

    /// The date and time of a moment; one outside of the years 0 to 9999 becomes the nearest inside.
    init(_ moment: Timestamp) {
        let seconds = min(max(moment, Self.earliest), Self.latest).seconds - Self.earliest.seconds
        // Counted from 0000-03-01, so that a leap day ends its year; 60 days after the earliest moment.
        let days = seconds / 86400 - 60 + 146_097
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + (era - 1) * 400 + (month <= 2 ? 1 : 0)
        hour = seconds % 86400 / 3600
        minute = seconds % 3600 / 60
        second = seconds % 60
    }

    /// The moment of this date and time.
    var moment: Timestamp {
        // One era of 400 years more, so that nothing here is negative.
        let marchYear = year + 400 - (month <= 2 ? 1 : 0)
        let marchMonth = month > 2 ? month - 3 : month + 9
        let days = marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400
        let dayCount = days + (153 * marchMonth + 2) / 5 + day - 1 - 146_097 + 60
        return Self.earliest + (dayCount * 86400 + hour * 3600 + minute * 60 + second)
    }

    private static func days(inMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
