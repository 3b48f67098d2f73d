import StandIns
import Testing

@Suite("creds-process on its main path")
struct MainPathTests {
    @Test(
        "The first call signs in once and prints what AWS SDKs read; the second asks nobody and prints the same bytes")
    func firstAndSecond() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            try #require(first.code == 0, "\(first.errors)")
            let lines = first.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            try #require(lines.count == 8)
            #expect([lines[0], lines[1], lines[6], lines[7]] == ["{", "  \"Version\": 1,", "}", ""])
            let names = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
            for (line, name) in zip(lines[2...5], names) { #expect(line.hasPrefix("  \"\(name)\": \"")) }
            #expect(try JSONValue(json: first.output)["Version"]?.integer == 1)
            let expiration = try #require(JSONValue(json: first.output)["Expiration"]?.text)
            #expect(expiration.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/))
            #expect(stage.visits == 1)
            let back = stage.provider.log.entries.map(\.endpoint).filter { $0 != .authorize }
            #expect(back == [.discovery, .keys, .token, .introspect])
            #expect(stage.sts.log.count(.assumeRole) == 1)

            stage.forget()
            let second = try await stage.run(stage.credsProcess)
            #expect(second.code == 0)
            #expect(second.output == first.output)
            #expect(second.errors.isEmpty)
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("With a live token and no credentials, one request is made, to STS")
    func liveToken() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0)
            #expect(ended.errors.isEmpty)
            #expect(stage.requests == [.assumeRole])
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "An expired token costs one refresh and one request to STS, and no introspection",
        arguments: [StandInIdentityProvider.Rotation.off, .offAndUnnamed, .on, .onWithReuseDetection])
    func refresh(rotation: StandInIdentityProvider.Rotation) async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.rotation = rotation
        try await onStage(settings) { stage in
            try await stage.signInExpired()
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.isEmpty)
            #expect(stage.requests == [.token, .assumeRole])
            #expect(stage.grants == ["refresh_token"])
            #expect(stage.visits == 1)
        }
    }

    @Test("A rotated refresh token is stored: each of many refreshes sends the one before's successor")
    func rotated() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.rotation = .onWithReuseDetection
        try await onStage(settings) { stage in
            try await stage.signInExpired()
            stage.provider.change { $0.tokenLife = 0 }
            for _ in 0..<4 {
                let ended = try await stage.run(["token"] + stage.provided)
                #expect(ended.code == 0, "\(ended.errors)")
            }
            #expect(stage.grants == Array(repeating: "refresh_token", count: 4))
            #expect(stage.visits == 1)
        }
    }

    @Test("A refresh without an id_token leads to a sign-in, and the next time no refresh is tried first")
    func refreshWithoutIDToken() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.refreshAnswersIDToken = false
        try await onStage(settings) { stage in
            try await stage.signInExpired()
            stage.provider.change { $0.tokenLife = 0 }
            let first = try await stage.run(["token"] + stage.provided)
            #expect(first.code == 0, "\(first.errors)")
            #expect(stage.grants == ["refresh_token", "authorization_code"])
            stage.forget()
            let second = try await stage.run(["token"] + stage.provided)
            #expect(second.code == 0, "\(second.errors)")
            #expect(stage.grants == ["authorization_code"])
        }
    }

    @Test("A refresh token that the provider refuses leads to one sign-in")
    func refusedRefreshToken() async throws {
        try await onStage { stage in
            try await stage.signInExpired()
            stage.provider.endSessions()
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.grants == ["refresh_token", "authorization_code"])
            #expect(stage.visits == 2)
        }
    }

    @Test("A live id_token beside an expired access token is no reason not to sign in, where tokens are asked for")
    func expiredAccessToken() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.givesRefreshTokens = false
        settings.accessTokenLife = 1
        try await onStage(settings) { stage in
            try await stage.signIn()
            while try await stage.run(["check-token-valid"] + stage.provided).code == 0 {}
            let ended = try await stage.run(["token"] + stage.provided)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 2)
        }
    }

    @Test("An id_token that STS calls expired is replaced by a sign-in where it can't be refreshed")
    func expiredForSTSWithoutRefresh() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.givesRefreshTokens = false
        try await onStage(settings) { stage in
            try await stage.signIn()
            stage.sts.change { $0.faults[.assumeRole] = [.refusal(code: "ExpiredTokenException", times: 1)] }
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 2)
        }
    }

    @Test("STS calling the id_token expired costs one refresh and one more request")
    func expiredForSTS() async throws {
        try await onStage { stage in
            try await stage.signIn()
            stage.sts.change {
                $0.faults[.assumeRole] = [.refusal(code: "ExpiredTokenException", message: "Token expired", times: 1)]
            }
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.requests == [.token, .assumeRole, .assumeRole])
        }
    }

    @Test("Other roles, clients and endpoints have credentials of their own")
    func keys() async throws {
        try await onStage { stage in
            let reader = try await stage.run(stage.credsProcess)
            let writer = try await stage.run(
                ["creds-process"] + stage.provided + ["--aws-role-arn=arn:aws:iam::123456789012:role/writer"])
            #expect(writer.code == 0, "\(writer.errors)")
            #expect(writer.output != reader.output)
            stage.forget()
            let elsewhere = try await stage.run(
                stage.credsProcess, with: ["AWS_ENDPOINT_URL_STS": stage.sts.endpoint + "/"])
            #expect(elsewhere.output != reader.output)
            #expect(stage.requests == [.assumeRole])
        }
    }
}
