import Domain
import Testing

@Suite("Clocks that are off") struct ClockSkewTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let moment = Timestamp(seconds: 784_111_777)

    @Test(
        "A minute is tolerated, either way",
        arguments: [
            (0, nil), (1, nil), (60, nil), (-60, nil), (61, 61), (-61, -61), (86400, 86400), (-86400, -86400),
        ] as [(Int64, Int64?)])
    func tolerance(ahead: Int64, skew: Int64?) {
        #expect(ClockSkew(now: Self.moment + ahead, serverDate: Self.date)?.seconds == skew)
    }

    @Test(
        "An answer that took long, or a process that was stopped over it, is no clock that is ahead",
        arguments: [(66, nil), (126, nil), (127, 127), (-61, -61)] as [(Int64, Int64?)])
    func slowly(ahead: Int64, skew: Int64?) {
        #expect(ClockSkew(now: Self.moment + ahead, took: 66, serverDate: Self.date)?.seconds == skew)
    }

    @Test("A date that can't be read tells nothing", arguments: ["", "yesterday", "1994-11-06T08:49:37Z"])
    func unreadable(date: String) {
        #expect(ClockSkew(now: Timestamp(seconds: 0), serverDate: date) == nil)
    }

    @Test(
        "The sentence says by how much, which way and against whom",
        arguments: [
            (75, "75 s ahead of that of login.example.com"), (-3600, "3600 s behind that of login.example.com"),
        ])
    func sentence(ahead: Int64, part: String) throws {
        let skew = try #require(ClockSkew(now: Self.moment + ahead, serverDate: Self.date))
        let sentence = skew.sentence(host: "login.example.com")
        #expect(sentence.contains(part), "\(sentence)")
        #expect(!sentence.contains("\n"))
    }

    @Test("A clock that is off by all the time there is has a sentence too")
    func extremes() throws {
        let far = try #require(ClockSkew(now: Timestamp(seconds: .max), serverDate: Self.date))
        #expect(far.sentence(host: "a").contains("ahead"))
        let early = try #require(
            ClockSkew(now: Timestamp(seconds: .min) + Self.moment.seconds, serverDate: Self.date))
        #expect(early.sentence(host: "a").contains("9223372036854775808 s behind"))
        let earliest = try #require(ClockSkew(now: Timestamp(seconds: .min), serverDate: Self.date))
        #expect(earliest.sentence(host: "a").contains("behind"))
    }
}
