/// A moment of wall-clock time, in whole seconds since 1970-01-01T00:00:00Z.
///
/// Fractions are dropped: no rule here needs them, and an expiry that is rounded down errs on the safe side.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    package let seconds: Int64

    /// The moment that many seconds after 1970-01-01T00:00:00Z.
    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

    /// The moment `seconds` later; the last one there is where that is beyond it.
    ///
    /// A provider may promise a life of 2^63 s: that must not wrap round into the past.
    package static func + (moment: Timestamp, seconds: Int64) -> Timestamp {
        let (sum, isBeyond) = moment.seconds.addingReportingOverflow(seconds)
        return Timestamp(seconds: isBeyond ? (seconds < 0 ? .min : .max) : sum)
    }

    /// The moment `seconds` earlier; the first one there is where that is before it.
    package static func - (moment: Timestamp, seconds: Int64) -> Timestamp {
        let (difference, isBeyond) = moment.seconds.subtractingReportingOverflow(seconds)
        return Timestamp(seconds: isBeyond ? (seconds < 0 ? .max : .min) : difference)
    }

    /// Seconds from `earlier` to this moment; as many as can be counted where they are more.
    package func since(_ earlier: Timestamp) -> Int64 { (self - earlier.seconds).seconds }
}
