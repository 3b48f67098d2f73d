import Domain
import Foundation
import Testing

@Suite("Go's durations") struct GoDurationTests {
    @Test(
        "Seconds are written as Go does",
        arguments: [
            (0, "0s"), (1, "1s"), (59, "59s"), (60, "1m0s"), (240, "4m0s"), (3599, "59m59s"), (3600, "1h0m0s"),
            (3660, "1h1m0s"), (7_775_997, "2159h59m57s"), (-1, "-1s"), (-90, "-1m30s"), (-3600, "-1h0m0s"),
            (Int64.max, "2562047788015215h30m7s"), (Int64.min, "-2562047788015215h30m8s"),
        ])
    func text(seconds: Int64, text: String) {
        #expect(GoDuration.text(seconds: seconds) == text)
    }

    @Test(
        "Hours have two decimals",
        arguments: [
            (0, "0.00"), (17, "0.00"), (19, "0.01"), (36, "0.01"), (360, "0.10"), (1800, "0.50"), (3581, "0.99"),
            (3583, "1.00"), (7_776_000, "2160.00"), (7_775_997, "2160.00"), (7_758_000, "2155.00"), (-3600, "-1.00"),
            (-5400, "-1.50"), (-360, "-0.10"), (Int64.max, "2562047788015215.50"), (Int64.min, "-2562047788015215.50"),
        ])
    func hours(seconds: Int64, text: String) {
        #expect(GoDuration.hours(seconds: seconds) == text)
    }

    @Test("Hours are those of printf, but for ties, which it decides by what binary has of them")
    func hoursAgainstLibrary() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            let seconds = Int64.random(in: 100...40_000_000, using: &generator)
            guard seconds % 36 != 18 else { continue }
            #expect(GoDuration.hours(seconds: seconds) == String(format: "%.2f", Double(seconds) / 3600))
            #expect(GoDuration.hours(seconds: -seconds) == String(format: "%.2f", Double(-seconds) / 3600))
        }
    }

    @Test(
        "Texts are read as Go does",
        arguments: [
            ("0", 0), ("+0", 0), ("-0", 0), ("0s", 0), ("1h", 3600), ("1h30m", 5400), ("90s", 90), ("1.5h", 5400),
            (".5h", 1800), ("1.h", 3600), ("+1h", 3600), ("1h1h", 7200), ("30m1h", 5400), ("12h0m0s", 43200),
            ("1500ms", 1.5), ("250us", 0.000_25), ("250µs", 0.000_25), ("250μs", 0.000_25), ("1ns", 1e-9),
            ("007s", 7), ("2562047h", 9_223_369_200),
        ] as [(String, Double)])
    func read(text: String, seconds: Double) throws {
        let read = try #require(GoDuration.seconds(text))
        #expect(abs(read - seconds) <= seconds * 1e-12)
        #expect(GoDuration.seconds(text.dropFirst(0)) == read)
    }

    @Test(
        "What Go refuses, and what is negative, is refused",
        arguments: [
            "", "1", "00", "h", "s1", "-1h", "-", "+", "++1s", "+-1s", "1 h", "1h ", " 1h", "1h 30m", "1d", "1H",
            "1min",
            ".", ".s", "1..5s", "1.5.5s", "1,5h", "1e3s", "0x1p3s", "infs", "nans", "inf", "nan", "1h30", "1h-30m",
            "１h", "1\u{301}h", "1s\u{301}", "1s\n", "1\u{0}s", "2562048h", "10000000000s",
            String(repeating: "9", count: 400) + "s",
        ])
    func refused(text: String) {
        #expect(GoDuration.seconds(text) == nil)
    }

    @Test("What is written is read back")
    func roundTrip() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<2000 {
            let seconds = Int64.random(in: 0...9_000_000_000, using: &generator)
            #expect(GoDuration.seconds(GoDuration.text(seconds: seconds)) == Double(seconds))
        }
    }

    @Test("Any text is refused, or gives a number that can be counted in whole seconds")
    func anyText() {
        var generator = SeededGenerator(seed: 7)
        let pieces = ["1", "9", "0", ".", "h", "m", "s", "ms", "µs", "+", "-", "e", " ", "999999999999"]
        var taken = 0
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 1...8, using: &generator)).compactMap { _ in
                pieces.randomElement(using: &generator)
            }.joined()
            guard let seconds = GoDuration.seconds(text) else { continue }
            taken += 1
            #expect(Int64(exactly: seconds.rounded(.down)) != nil && seconds >= 0, "\(text)")
        }
        #expect(taken > 50)
    }
}
