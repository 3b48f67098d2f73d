import Domain
import Testing

@Suite("Back-off") struct BackoffTests {
    @Test(
        "The longest wait doubles with each try, up to the cap",
        arguments: [(-1, 0.0), (0, 0), (1, 0), (2, 0.5), (3, 1), (4, 2), (5, 4), (6, 5), (7, 5), (Int.max, 5)]
            as [(Int, Double)])
    func doubles(number: Int, longest: Double) {
        let backoff = Backoff(base: 0.5, cap: 5)
        #expect(backoff.delay(beforeTry: number, fraction: 1) == longest)
        #expect(backoff.delay(beforeTry: number, fraction: 0.25) == longest / 4)
        #expect(backoff.delay(beforeTry: number, fraction: 0) == 0)
    }

    @Test("A cap below the base holds from the start")
    func lowCap() {
        #expect(Backoff(base: 3, cap: 1).delay(beforeTry: 2, fraction: 1) == 1)
    }

    @Test(
        "Random bytes make a number from 0 up to but not including 1",
        arguments: [
            ([], 0), ([0, 0, 0, 0, 0, 0, 0, 0], 0), ([0x80], 0.5), ([0x80, 0, 0, 0, 0, 0, 0, 0], 0.5),
            ([0x40, 0, 0, 0, 0, 0, 0, 0, 0xFF], 0.25),
        ] as [([UInt8], Double)])
    func fraction(bytes: [UInt8], number: Double) {
        #expect(Backoff.fraction(of: bytes) == number)
    }

    @Test("The largest fraction is below 1")
    func largest() {
        let largest = Backoff.fraction(of: Array(repeating: 0xFF, count: 8))
        #expect(largest < 1)
        #expect(largest > 0.9999999)
    }

    @Test(
        "Retry-After is a number of seconds or a date",
        arguments: [
            ("0", 0), ("120", 120), ("007", 7), ("Thu, 01 Jan 1970 00:01:40 GMT", 40),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("", nil), ("-1", nil), ("+1", nil), ("1.5", nil), ("1 ", nil),
            ("١٢", nil), ("soon", nil), ("inf", nil), ("Thu, 01 Jan 1970 00:01:40", nil),
        ] as [(String, Double?)])
    func retryAfter(value: String, seconds: Double?) {
        #expect(Backoff.seconds(retryAfter: value, now: Timestamp(seconds: 60)) == seconds)
    }

    @Test("A Retry-After beyond all numbers is longer than any deadline, not a crash")
    func endless() throws {
        let seconds = try #require(
            Backoff.seconds(retryAfter: String(repeating: "9", count: 400), now: Timestamp(seconds: 0)))
        #expect(seconds > 1e300)
    }
}
