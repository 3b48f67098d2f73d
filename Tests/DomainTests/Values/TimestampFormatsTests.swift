import Domain
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Formats of time") struct TimestampFormatsTests {
    @Test(
        "RFC 3339 is read",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2023-11-14T22:13:20Z", 1_700_000_000),
            ("2023-11-14t22:13:20z", 1_700_000_000), ("2023-11-14T22:13:20.999999999Z", 1_700_000_000),
            ("1969-12-31T23:59:59.5Z", -1), ("2023-11-14T23:13:20+01:00", 1_700_000_000),
            ("2023-11-14T14:28:20-07:45", 1_700_000_000), ("2023-11-14T22:13:20-00:00", 1_700_000_000),
            ("2023-11-14T22:13:20.1+00:00", 1_700_000_000), ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("2000-02-29T00:00:00Z", 951_782_400), ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("1990-12-31T23:59:60Z", 662_687_999),
            ("1990-12-31T15:59:60-08:00", 662_687_999),
        ])
    func read(text: String, seconds: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds))
    }

    @Test(
        "What is not RFC 3339, or no day, is not read",
        arguments: [
            "", "2023", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14 22:13:20Z", "2023-11-14T22:13Z",
            "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20,5Z", "2023-11-14T22:13:20+0100", "2023-11-14T22:13:20+1:00",
            "2023-11-14T22:13:20+24:00", "2023-11-14T22:13:20+01:60", "2023-11-14T22:13:20ZZ", " 2023-11-14T22:13:20Z",
            "2023-11-14T22:13:20Z\n", "2023-13-14T22:13:20Z", "2023-00-14T22:13:20Z", "2023-11-00T22:13:20Z",
            "2023-11-31T22:13:20Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-02-30T00:00:00Z",
            "2023-11-14T24:00:00Z", "2023-11-14T22:60:20Z", "2023-11-14T22:13:61Z", "2023-11-14T22:13:60Z",
            "12023-11-14T22:13:20Z", "-023-11-14T22:13:20Z", "２０２３-11-14T22:13:20Z", "1990-12-31T23:59:60-08:00",
        ])
    func unread(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "RFC 3339 is written in UTC; what has no four-digit year becomes the nearest that has",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (-62_135_596_800, "0001-01-01T00:00:00Z"), (-62_167_219_201, "0000-01-01T00:00:00Z"),
            (Int64.min, "0000-01-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
            (253_402_300_800, "9999-12-31T23:59:59Z"), (Int64.max, "9999-12-31T23:59:59Z"),
        ])
    func written(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).rfc3339 == text)
    }

    /// 2,000 moments of the years 1 to 9999, the same in each run.
    static let moments: [Int64] = {
        var generator = Seeded(state: 20)
        return (0..<2000).map { _ in Int64.random(in: -62_135_596_800...253_402_300_799, using: &generator) }
    }()

    @Test("Any moment of the years 1 to 9999 is written and read as the C library has it, and comes back")
    func againstLibrary() throws {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        for seconds in Self.moments {
            let moment = Timestamp(seconds: seconds)
            var clock = time_t(seconds)
            var parts = tm()
            try #require(gmtime_r(&clock, &parts) != nil)
            let year = String(format: "%04d", Int(parts.tm_year) + 1900)
            let day = String(format: "%02d", parts.tm_mday)
            let time = String(format: "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec)
            let written = "\(year)-" + String(format: "%02d", parts.tm_mon + 1) + "-\(day)T\(time)Z"
            #expect(moment.rfc3339 == written)
            #expect(Timestamp(rfc3339: written) == moment)
            let httpDate = "\(days[Int(parts.tm_wday)]), \(day) \(months[Int(parts.tm_mon)]) \(year) \(time) GMT"
            #expect(moment.httpDate == httpDate)
            #expect(Timestamp(httpDate: httpDate) == moment)
        }
    }

    @Test("From 15 October 1582 on, before which Foundation counts by the Julian calendar, Foundation agrees")
    func againstFoundation() throws {
        let gregorian = Self.moments.filter { $0 >= -12_219_292_800 }
        try #require(gregorian.count > 1500)
        for seconds in gregorian {
            let written = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
            #expect(Timestamp(seconds: seconds).rfc3339 == written)
            #expect(Timestamp(rfc3339: written) == Timestamp(seconds: seconds))
        }
    }

    @Test("An offset moves the moment by just that much")
    func offsets() {
        var generator = Seeded(state: 4)
        for seconds in Self.moments {
            let offset = Int64.random(in: -1439...1439, using: &generator)
            let local = Timestamp(seconds: seconds).rfc3339.dropLast()
            let text =
                local + (offset < 0 ? "-" : "+") + String(format: "%02d:%02d", abs(offset) / 60, abs(offset) % 60)
            #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds - offset * 60))
        }
    }

    @Test(
        "An HTTP date is read in its one fixed form",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800),
            ("Mon, 31 Dec 1990 23:59:60 GMT", 662_687_999), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
            ("Sun Nov  6 08:49:37 1994", nil), ("Sun, 6 Nov 1994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 08:49:37 UTC", nil), ("Sun, 06 Nov 1994 08:49:37 +0000", nil),
            ("sun, 06 nov 1994 08:49:37 GMT", nil), ("Wed, 29 Feb 2023 00:00:00 GMT", nil),
            ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:60 GMT", nil), ("", nil),
            ("Sun, 06 Nov 1994 08:49:37 GMT ", nil), ("Xxx, 06 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, Int64?)])
    func httpDate(text: String, seconds: Int64?) {
        #expect(Timestamp(httpDate: text) == seconds.map { Timestamp(seconds: $0) })
    }
}

/// A generator whose numbers are the same in each run (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
