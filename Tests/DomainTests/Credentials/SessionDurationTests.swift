import Domain
import Testing

@Suite("Session durations") struct SessionDurationTests {
    @Test("What AWS takes is taken", arguments: [900, 3600, 43200])
    func taken(seconds: Int) throws {
        #expect(try SessionDuration(seconds: seconds).seconds == seconds)
    }

    @Test(
        "What AWS does not take is refused with both limits and the flag",
        arguments: [Int.min, -1, 0, 899, 43201, Int.max])
    func refused(seconds: Int) {
        let error = #expect(throws: InvalidSessionDuration.self) { try SessionDuration(seconds: seconds) }
        #expect(
            error?.description
                == "a session of \(seconds) s can't be had: AWS gives 900 s (15m) to 43200 s (12h). Correct --session-duration."
        )
    }

    @Test("The default is an hour") func oneHour() {
        #expect(SessionDuration.oneHour.seconds == 3600)
        #expect(SessionDuration.allowed.contains(SessionDuration.oneHour.seconds))
    }
}
