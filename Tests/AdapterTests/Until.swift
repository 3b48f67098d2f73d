import Testing

/// Looks again and again, where nothing tells when something has got that far.
func until(_ holds: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !holds() {
        try #require(ContinuousClock.now < end, "this never came")
        try await Task.sleep(for: .milliseconds(2))
    }
}
