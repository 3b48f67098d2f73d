import Domain
import Testing

@Suite("Moments") struct TimestampTests {
    @Test(
        "A moment is so many seconds from another; there is none beyond the first and the last",
        arguments: [
            (0, 5, 5), (100, -200, -100), (Int64.max, 1, Int64.max), (Int64.max, -1, Int64.max - 1),
            (Int64.min, -1, Int64.min), (Int64.min, 1, Int64.min + 1), (1_700_000_000, Int64.max, Int64.max),
            (-1, Int64.min, Int64.min), (0, Int64.min, Int64.min), (Int64.min, Int64.max, -1),
        ] as [(Int64, Int64, Int64)])
    func plus(start: Int64, seconds: Int64, end: Int64) {
        #expect(Timestamp(seconds: start) + seconds == Timestamp(seconds: end))
    }

    @Test(
        "Earlier moments, likewise",
        arguments: [
            (0, 5, -5), (100, -200, 300), (Int64.min, 1, Int64.min), (Int64.max, -1, Int64.max),
            (1_700_000_000, Int64.min, Int64.max), (-2, Int64.max, Int64.min), (0, Int64.max, -Int64.max),
        ] as [(Int64, Int64, Int64)])
    func minus(start: Int64, seconds: Int64, end: Int64) {
        #expect(Timestamp(seconds: start) - seconds == Timestamp(seconds: end))
    }

    @Test(
        "The time between two moments has the right sign however far they are apart",
        arguments: [
            (5, 3, 2), (3, 5, -2), (Int64.max, -1, Int64.max), (Int64.min, 1, Int64.min),
            (Int64.max, Int64.min, Int64.max), (Int64.min, Int64.max, Int64.min), (Int64.min, Int64.min, 0),
        ] as [(Int64, Int64, Int64)])
    func since(later: Int64, earlier: Int64, seconds: Int64) {
        #expect(Timestamp(seconds: later).since(Timestamp(seconds: earlier)) == seconds)
    }

    @Test("Moments are in the order of time")
    func order() {
        let moments = [5, -3, 0, .max, .min].map { Timestamp(seconds: $0) }
        #expect(moments.sorted().map(\.seconds) == [.min, -3, 0, 5, .max])
    }
}
