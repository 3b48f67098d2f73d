import StandIns
import Testing

@Suite("64 processes at once", .serialized)
struct ManyAtOnceTests {
    private func runMany(_ stage: Stage) async throws -> [Child.Ended] {
        let children = try (0..<64).map { _ in try stage.start(stage.credsProcess) }
        var all: [Child.Ended] = []
        for child in children { all.append(try await child.ended(within: 120)) }
        return all
    }

    private func expectOne(_ all: [Child.Ended]) {
        #expect(all.allSatisfy { $0.code == 0 }, "\(all.filter { $0.code != 0 }.map(\.errors))")
        #expect(Set(all.map(\.output)).count == 1)
        #expect(all[0].output.contains("AccessKeyId"))
    }

    @Test("With a live token, one request goes to STS")
    func liveToken() async throws {
        try await onStage(alone: true) { stage in
            try await stage.signIn()
            expectOne(try await runMany(stage))
            #expect(stage.requests == [.assumeRole])
        }
    }

    @Test("With an expired token, one refresh is made, and one request to STS")
    func expiredToken() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.rotation = .onWithReuseDetection
        try await onStage(settings, alone: true) { stage in
            try await stage.signInExpired()
            expectOne(try await runMany(stage))
            #expect(stage.requests == [.token, .assumeRole])
            #expect(stage.visits == 1)
        }
    }

    @Test("Where this machine's clock is off by more than a token lives, one refresh tells all of them so")
    func clock() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.rotation = .onWithReuseDetection
        try await onStage(settings, alone: true) { stage in
            try await stage.signInExpired()
            stage.provider.change { $0.clockOffset = -7200 }
            let all = try await runMany(stage)
            #expect(all.allSatisfy { $0.code == 1 && $0.errors.contains("clock") })
            #expect(stage.grants.count { $0 == "refresh_token" } == 1)
            #expect(stage.visits == 1)
        }
    }

    @Test("With nothing, one browser opens")
    func nothing() async throws {
        try await onStage(alone: true) { stage in
            expectOne(try await runMany(stage))
            #expect(stage.visits == 1)
            #expect(stage.grants == ["authorization_code"])
            #expect(stage.sts.log.count(.assumeRole) == 1)
        }
    }

    @Test("A sign-in that is refused is one browser too, and every process fails")
    func refused() async throws {
        try await onStage(alone: true) { stage in
            let children = try (0..<64).map { _ in
                try stage.start(stage.credsProcess, with: ["STAND_IN_BROWSER": "deny"])
            }
            var all: [Child.Ended] = []
            for child in children { all.append(try await child.ended(within: 120)) }
            #expect(all.allSatisfy { $0.code == 1 && $0.output.isEmpty })
            #expect(all.allSatisfy { $0.errors.contains("the sign-in was refused: ") })
            #expect(stage.visits == 1)
        }
    }
}
