/// How long to wait before trying again: exponential with full jitter, so that many processes don't come back in step.
package struct Backoff: Sendable, Hashable {
    /// The longest wait before the second try, in seconds; it doubles with each further one.
    package let base: Double
    /// The longest wait before any try, in seconds.
    package let cap: Double

    /// A back-off with these limits.
    package init(base: Double = 0.1, cap: Double = 5) {
        self.base = base
        self.cap = cap
    }

    /// Seconds to wait before a try, the first of which is 1 and waits for nothing.
    ///
    /// - Parameter fraction: a random number, at least 0 and less than 1.
    package func delay(beforeTry number: Int, fraction: Double) -> Double {
        guard number > 1 else { return 0 }
        var longest = min(base, cap)
        for _ in 2..<max(2, min(number, 64)) { longest = min(longest * 2, cap) }
        return longest * fraction
    }

    /// A number of 0..<1 out of random bytes; evenly spread where there are at least seven of them.
    package static func fraction(of bytes: [UInt8]) -> Double {
        var bits: UInt64 = 0
        for byte in bytes.prefix(8) { bits = bits << 8 | UInt64(byte) }
        bits <<= UInt64(8 * (8 - min(bytes.count, 8)))
        return Double(bits >> 11) / Double(1 << 53 as UInt64)
    }

    /// Seconds that a `Retry-After` field asks for (RFC 9110 section 10.2.3): a number of seconds or a date, which is 0 when past.
    ///
    /// Nil where it is neither.
    package static func seconds(retryAfter value: String, now: Timestamp) -> Double? {
        if !value.isEmpty, value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return Double(value)
        }
        return Timestamp(httpDate: value).map { Double(max(0, $0.since(now))) }
    }
}
