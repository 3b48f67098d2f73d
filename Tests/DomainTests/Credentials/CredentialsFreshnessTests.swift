import Domain
import Testing

@Suite("When credentials are renewed") struct CredentialsFreshnessTests {
    private func renewal(_ now: Timestamp, _ expiry: Timestamp) throws -> Timestamp {
        let longest = try SessionDuration(seconds: 43_200)
        return CredentialsFreshness.renewAfter(gotAt: now, expiry: expiry, asked: longest)
    }

    @Test("By a clock that is behind STS's they are renewed as long after they were got as by one that is right")
    func clockBehind() {
        let now = Timestamp(seconds: 1_700_000_000)
        let renewal = CredentialsFreshness.renewAfter(gotAt: now, expiry: now + 3600 + 1200, asked: .oneHour)
        #expect(renewal == now + 2700)
    }

    @Test("Who can't ask again is given three quarters of what was asked for, at the least")
    func leastLife() throws {
        #expect(CredentialsFreshness.leastLife(asked: .oneHour) == 2700)
        #expect(CredentialsFreshness.leastLife(asked: try SessionDuration(seconds: 43_200)) == 32_400)
    }

    @Test("What seems to live longer than STS lets anything live was got under another clock, and is not handed out")
    func clockSetBack() {
        let now = Timestamp(seconds: 1_700_000_000)
        #expect(CredentialsFreshness.isLive(expiry: now + 43_200, at: now))
        #expect(!CredentialsFreshness.isLive(expiry: now + 86_400, at: now))
    }

    @Test(
        "They are renewed 15 minutes, or a quarter of their life, before their end: the smaller",
        arguments: [
            (3600, 2700), (43200, 42300), (3601, 2701), (3599, 2700), (900, 675), (1800, 1350), (4, 3), (3, 3), (0, 0),
            (-100, -100),
        ])
    func renewAfter(life: Int64, after: Int64) throws {
        let now = Timestamp(seconds: 1_700_000_000)
        #expect(try renewal(now, now + life) == now + after)
    }

    @Test(
        "Where they can't be renewed they are handed out until a minute before their end",
        arguments: [(3600, true), (61, true), (60, false), (59, false), (0, false), (-1, false)])
    func live(left: Int64, isLive: Bool) {
        let now = Timestamp(seconds: 1_700_000_000)
        #expect(CredentialsFreshness.isLive(expiry: now + left, at: now) == isLive)
    }

    @Test("Credentials of any length that AWS gives are fresh when they are new and live until they are renewed")
    func allLengths() throws {
        let now = Timestamp(seconds: 1_700_000_000)
        for life in stride(from: Int64(900), through: 43200, by: 7) {
            let renewal = try renewal(now, now + life)
            #expect(now < renewal)
            #expect(CredentialsFreshness.isLive(expiry: now + life, at: renewal))
        }
    }

    @Test(
        "Moments at the ends of time are no trouble", arguments: [Int64.min, 0, Int64.max], [Int64.min, 0, Int64.max])
    func extremes(now: Int64, expiry: Int64) throws {
        let (now, expiry) = (Timestamp(seconds: now), Timestamp(seconds: expiry))
        #expect(try renewal(now, expiry) <= expiry)
        #expect(!CredentialsFreshness.isLive(expiry: expiry, at: now))
    }
}
