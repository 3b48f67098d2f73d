import Domain
import Testing

@Suite("The pause after sign-ins that nobody answered") struct SignInPauseTests {
    private static let start = Timestamp(seconds: 1_700_000_000)

    @Test(
        "It is 1, 2, 4 … 60 minutes",
        arguments: [
            (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (64, 60), (1000, 60), (Int.max, 60),
            (0, 1), (-1, 1), (Int.min, 1),
        ] as [(Int, Int64)])
    func length(unanswered: Int, minutes: Int64) {
        #expect(SignInPause(unanswered: unanswered, last: Self.start).end == Self.start + minutes * 60)
    }

    @Test("Each one more that was not answered counts from its own moment")
    func after() {
        var pause: SignInPause?
        for count in 1...10 {
            let moment = Self.start + Int64(count) * 5000
            pause = SignInPause.after(pause, at: moment)
            #expect(pause == SignInPause(unanswered: count, last: moment))
        }
    }

    @Test("A count that can't grow stays")
    func most() {
        let most = SignInPause(unanswered: .max, last: Self.start)
        #expect(SignInPause.after(most, at: Self.start + 1) == SignInPause(unanswered: .max, last: Self.start + 1))
    }
}
