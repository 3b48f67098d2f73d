import Domain
import Testing

@Suite("How often a provider is asked for a device's tokens")
struct DevicePollingTests {
    @Test("slow_down adds five seconds for good, and authorization_pending nothing")
    func slowDown() {
        var polling = DevicePolling(interval: 5)
        #expect(polling.next(after: "authorization_pending") == .askAgain)
        #expect(polling.interval == 5)
        #expect(polling.next(after: "slow_down") == .askAgain)
        #expect(polling.next(after: "authorization_pending") == .askAgain)
        #expect(polling.interval == 10)
        #expect(polling.next(after: "slow_down") == .askAgain)
        #expect(polling.interval == 15)
    }

    @Test("Each answer that is lost doubles the pause, up to a minute")
    func lost() {
        var polling = DevicePolling(interval: 5)
        var intervals: [Int64] = []
        for _ in 0..<5 {
            polling.nobodyAnswered()
            intervals.append(polling.interval)
        }
        #expect(intervals == [10, 20, 40, 60, 60])
    }

    @Test("A provider's own longer pause stays")
    func long() {
        var polling = DevicePolling(interval: 90)
        polling.nobodyAnswered()
        #expect(polling.interval == 90)
    }

    @Test(
        "What ends it",
        arguments: [
            ("access_denied", DevicePolling.Step.denied), ("expired_token", .expired), ("invalid_grant", .fail),
            ("", .fail),
        ])
    func ends(error: String, step: DevicePolling.Step) {
        var polling = DevicePolling(interval: 5)
        #expect(polling.next(after: error) == step)
    }

    @Test(
        "Where the provider names no interval it is five seconds, and never none",
        arguments: [(nil, 5), (0, 1), (7, 7)])
    func interval(told: Int64?, used: Int64) {
        let authorization = DeviceAuthorization(
            deviceCode: Secret("d"), userCode: "u", address: "https://example.com", life: 60, interval: told)
        #expect(authorization.interval == used)
    }
}
