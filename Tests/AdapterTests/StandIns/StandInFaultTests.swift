import StandIns
import Testing

@Suite("What goes wrong at a stand-in, on purpose")
struct StandInFaultTests {
    @Test("A status happens as often as it is told to, and names when to come again")
    func status() async throws {
        try await withProvider { provider, _ in
            provider.change { $0.faults[.keys] = [.status(code: 429, retryAfter: 7, times: 2)] }
            let address = provider.issuer + "/jwks"
            for _ in 1...2 {
                let answer = try await LoopbackHTTP.fetch("GET", address)
                #expect(answer.status == 429)
                #expect(answer[header: "retry-after"] == "7")
            }
            #expect(try await LoopbackHTTP.fetch("GET", address).status == 200)
            #expect(provider.settings.faults[.keys] == [])
        }
    }

    @Test("Without a number of times a fault stays")
    func stays() async throws {
        try await withProvider { provider, _ in
            provider.change { $0.faults[.discovery] = [.garbage()] }
            for _ in 1...3 {
                let answer = try await LoopbackHTTP.fetch("GET", provider.issuer + "/.well-known/openid-configuration")
                #expect(answer[header: "content-type"]?.hasPrefix("text/html") == true)
            }
        }
    }

    @Test("An answer that is lost was processed; a request that is dropped was not")
    func lost() async throws {
        try await withProvider { provider, visitor in
            let first = try await visitor.signIn().member("refresh_token")
            provider.change { $0.faults[.token] = [.dropped(times: 1), .answerLost(times: 1)] }
            await #expect(throws: LoopbackHTTP.Failure.self) { try await visitor.refresh(first) }
            #expect(try await visitor.introspect(first).json["active"] == true)
            await #expect(throws: LoopbackHTTP.Failure.self) { try await visitor.refresh(first) }
            #expect(try await visitor.introspect(first).json["active"] == false)
        }
    }

    @Test("A request that is held waits until it is let go")
    func held() async throws {
        try await withProvider { provider, _ in
            provider.change { $0.faults[.keys] = [.held] }
            async let answer = LoopbackHTTP.fetch("GET", provider.issuer + "/jwks")
            try await provider.waitForRequests(1, at: .keys)
            #expect(provider.log.entries.map(\.outcome) == ["pending"])
            provider.change { $0.faults[.keys] = nil }
            #expect(try await answer.status == 200)
            #expect(provider.log.entries.map(\.outcome) == ["ok"])
        }
    }

    @Test("A refusal has the endpoint's own form")
    func refusal() async throws {
        try await withProvider { provider, visitor in
            provider.change { $0.faults[.token] = [.refusal(code: "invalid_client", status: 401, times: 1)] }
            let answer = try await visitor.refresh("any")
            #expect(answer.status == 401)
            #expect(answer.member("error") == "invalid_client")
        }
    }

    @Test("Settings can be changed over HTTP, by names that there are")
    func control() async throws {
        try await withProvider { provider, _ in
            let patch = #"{"rotation": "off", "user": {"email": null}, "faults": {"keys": [{"held": {}}]}}"#
            let taken = try await LoopbackHTTP.fetch("POST", provider.controlAddress, body: Array(patch.utf8))
            #expect(taken.status == 200)
            #expect(provider.settings.rotation == .off)
            #expect(provider.settings.user.email == nil)
            #expect(provider.settings.faults[.keys] == [.held])
            for wrong in [#"{"rotatoin": "off"}"#, #"{"rotation": "sideways"}"#, "[]", "no JSON"] {
                let before = provider.settings
                let refused = try await LoopbackHTTP.fetch("POST", provider.controlAddress, body: Array(wrong.utf8))
                #expect(refused.status == 400, "\(wrong)")
                #expect(provider.settings == before)
            }
            #expect(provider.log.entries.isEmpty)
        }
    }

    @Test("The Date header follows the provider's clock")
    func clock() async throws {
        try await withProvider { provider, _ in
            provider.change { $0.clockOffset = -40 * 366 * 86_400 }
            let answer = try await LoopbackHTTP.fetch("GET", provider.issuer + "/jwks")
            #expect(answer[header: "date"]?.contains(" 19") == true)
        }
    }

    @Test("Sixty-four clients are served at once")
    func parallel() async throws {
        try await withProvider { provider, _ in
            provider.change { $0.faults[.keys] = [.held] }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...64 {
                    group.addTask { try await LoopbackHTTP.fetch("GET", provider.issuer + "/jwks").status }
                }
                try await provider.waitForRequests(64, at: .keys)
                provider.change { $0.faults[.keys] = nil }
                for try await status in group { #expect(status == 200) }
            }
        }
    }
}
