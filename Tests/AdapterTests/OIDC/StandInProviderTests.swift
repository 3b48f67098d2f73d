import Domain
import OIDC
import Ports
import StandIns
import Testing

/// The back-channel endpoints over real HTTP.
@Suite struct StandInProviderTests {
    @Test("a refresh token is rotated, and the used one refused as invalid_grant")
    func rotation() async throws {
        try await CertificationRun.with { run in
            let first = try #require(try await run.signIn().grant.refreshToken)
            let second = try #require(try await run.provider.refresh(first, by: run.deadline).refreshToken)
            #expect(second != first)
            await #expect {
                try await run.provider.refresh(first, by: run.deadline)
            } throws: { error in
                guard case .refused("invalid_grant", _)? = error as? IdentityProviderError else { return false }
                return true
            }
            _ = try await run.provider.refresh(second, by: run.deadline)
        }
    }

    @Test("a refresh outlasts a provider that is out of order for a moment")
    func outage() async throws {
        try await CertificationRun.with { run in
            let token = try #require(try await run.signIn().grant.refreshToken)
            run.standIn.change { $0.faults[.token] = [.status(code: 503, times: 2)] }
            _ = try await run.provider.refresh(token, by: run.deadline)
            #expect(run.standIn.log.count(.token, grantType: "refresh_token") == 3)
        }
    }

    @Test("a web page in place of tokens is told apart")
    func captivePortal() async throws {
        try await CertificationRun.with { run in
            let token = try #require(try await run.signIn().grant.refreshToken)
            run.standIn.change { $0.faults[.token] = [.garbage()] }
            await #expect {
                try await run.provider.refresh(token, by: run.deadline)
            } throws: { error in
                guard case .unintelligible(_, _)? = error as? IdentityProviderError else { return false }
                return true
            }
        }
    }

    @Test("introspection tells the expiry, that there is none to tell, or nothing to public clients")
    func introspection() async throws {
        try await CertificationRun.with { run in
            let token = try #require(try await run.signIn().grant.refreshToken)
            guard case .active(let expiry?) = try await run.provider.status(ofRefreshToken: token, by: run.deadline)
            else {
                Issue.record("no expiry")
                return
            }
            #expect(expiry > run.time.now())
            run.standIn.change { $0.introspectionTellsExpiry = false }
            #expect(try await run.provider.status(ofRefreshToken: token, by: run.deadline) == .active(expiry: nil))
            run.standIn.endSessions()
            #expect(try await run.provider.status(ofRefreshToken: token, by: run.deadline) == .inactive)
            run.standIn.change { $0.introspectsForPublicClients = false }
            guard case .unknown = try await run.provider.status(ofRefreshToken: token, by: run.deadline) else {
                Issue.record("it was told")
                return
            }
        }
    }

    @Test(
        "a redirect with another state or issuer is not taken for the answer",
        arguments: [.wrongIssuer, .missingIssuer, .wrongState, .missingState]
            as [StandInIdentityProvider.RedirectFault])
    func foreignRedirect(fault: StandInIdentityProvider.RedirectFault) async throws {
        try await CertificationRun.with({ $0.redirectFault = fault }) { run in
            await #expect {
                try await run.signIn()
            } throws: { error in
                guard case .foreign? = (error as? CertificationRun.NoCode)?.answer else { return false }
                return true
            }
        }
    }

    @Test("kept documents carry on when the provider does not answer")
    func keptDocuments() async throws {
        try await CertificationRun.with({
            $0.discoveryMaxAge = 0
            $0.keysMaxAge = 0
        }) { run in
            let first = try await run.provider.metadata(by: run.deadline)
            await run.standIn.stop()
            let document = try #require(run.documents.document(at: run.issuer.discoveryAddress))
            run.documents.keep(
                ProviderDocument(
                    address: document.address, body: document.body, fetchedAt: document.fetchedAt,
                    freshUntil: document.fetchedAt))
            #expect(try await run.provider.metadata(by: run.deadline) == first)
        }
    }
}
