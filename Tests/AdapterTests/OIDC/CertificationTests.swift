import Domain
import OIDC
import Ports
import StandIns
import Testing

/// The relying-party certification modules of the OpenID Foundation that apply to this client, each under its name.
@Suite struct CertificationTests {
    @Test("oidcc-client-test: a sign-in from discovery to claims succeeds")
    func plain() async throws {
        try await CertificationRun.with { run in
            let claims = try await run.signIn().claims
            #expect(claims.subject == run.standIn.settings.user.subject)
            #expect(claims.email == run.standIn.settings.user.email)
            #expect(claims.audience == [run.clientID.text])
            #expect(run.standIn.log.count(.token, grantType: "authorization_code") == 1)
        }
    }

    @Test("oidcc-client-test-nonce-invalid: a token that answers another sign-in is refused")
    func nonceInvalid() async throws {
        try await CertificationRun.with({ $0.idTokenFault = .wrongNonce }) { run in
            let found = try await run.rejection()
            #expect(found == .wrongNonce)
        }
        try await CertificationRun.with({ $0.idTokenFault = .missingNonce }) { run in
            let found = try await run.rejection()
            #expect(found == .missingClaim("nonce"))
        }
    }

    @Test("oidcc-client-test-kid-absent-single-jwks: the only key is used without a name")
    func keyIDAbsentSingle() async throws {
        try await CertificationRun.with({ $0.keyNaming = .absent }) { run in
            try await run.signIn()
        }
    }

    @Test("oidcc-client-test-kid-absent-multiple-jwks: each key that fits is tried")
    func keyIDAbsentMultiple() async throws {
        try await CertificationRun.with({ $0.keyNaming = .absentAmongSeveral }) { run in
            try await run.signIn()
            #expect(run.standIn.log.count(.keys) == 1)
        }
    }

    @Test("oidcc-client-test-missing-iat: a token that does not say when it was issued is refused")
    func missingIssuedAt() async throws {
        try await expect(.missingIssuedAt) { _ in .missingClaim("iat") }
    }

    @Test("oidcc-client-test-missing-aud: a token for nobody is refused")
    func missingAudience() async throws {
        try await expect(.missingAudience) { _ in .missingClaim("aud") }
    }

    @Test("oidcc-client-test-invalid-aud: a token for somebody else is refused")
    func invalidAudience() async throws {
        try await expect(.wrongAudience) { .wrongAudience(found: ["somebody-else"], expected: $0.clientID) }
    }

    @Test("oidcc-client-test-missing-sub: a token about nobody is refused")
    func missingSubject() async throws {
        try await expect(.missingSubject) { _ in .missingClaim("sub") }
    }

    @Test("oidcc-client-test-invalid-iss: a token of another issuer is refused")
    func invalidIssuer() async throws {
        try await expect(.wrongIssuer) {
            .wrongIssuer(found: "https://somebody-else.example.com", expected: $0.issuer)
        }
    }

    @Test("oidcc-client-test-idtoken-sig-none: an unsigned token is refused")
    func signatureNone() async throws {
        try await expect(.algorithmNone) { _ in .algorithmNotAllowed("none") }
    }

    @Test("oidcc-client-test-idtoken-sig-rs256: a token signed by RS256 is accepted")
    func signatureRS256() async throws {
        try await CertificationRun.with({ $0.algorithm = .rs256 }) { run in
            try await run.signIn()
        }
    }

    @Test("a token signed by any other algorithm of the allow-list is accepted", arguments: JWSAlgorithm.allCases)
    func signature(algorithm: JWSAlgorithm) async throws {
        try await CertificationRun.with({ $0.algorithm = algorithm }) { run in
            try await run.signIn()
        }
    }

    @Test("oidcc-client-test-invalid-sig-rs256: a wrong RS256 signature is refused")
    func invalidSignatureRS256() async throws {
        try await CertificationRun.with({
            $0.algorithm = .rs256
            $0.idTokenFault = .wrongSignature
        }) { run in
            let found = try await run.rejection()
            #expect(found == .badSignature)
        }
    }

    @Test("oidcc-client-test-invalid-sig-es256: a wrong ES256 signature is refused")
    func invalidSignatureES256() async throws {
        try await CertificationRun.with({
            $0.algorithm = .es256
            $0.idTokenFault = .wrongSignature
        }) { run in
            let found = try await run.rejection()
            #expect(found == .badSignature)
        }
    }

    @Test("oidcc-client-test-invalid-sig-hs256: a token signed with the public key as a secret is refused")
    func invalidSignatureHS256() async throws {
        try await expect(.symmetricAlgorithm) { _ in .algorithmNotAllowed("HS256") }
    }

    @Test("oidcc-client-test-discovery-openid-config: endpoints are those of the discovery document")
    func discovery() async throws {
        try await CertificationRun.with { run in
            let metadata = try await run.provider.metadata(by: run.deadline)
            #expect(metadata.issuer == run.issuer)
            #expect(metadata.tokenEndpoint == run.standIn.issuer + "/token")
            try await run.signIn()
            #expect(run.standIn.log.count(.discovery) == 1)
        }
    }

    @Test("oidcc-client-test-discovery-jwks-uri-keys: keys are looked for where the document of today says")
    func discoveryKeys() async throws {
        try await CertificationRun.with({
            $0.movesKeySet = true
            $0.publishesUnreadableKeys = true
        }) { run in
            let address = try await run.provider.metadata(by: run.deadline).keysAddress
            #expect(address.hasPrefix(run.standIn.issuer + "/jwks/"))
            try await run.signIn()
            #expect(run.documents.document(at: address) != nil)
        }
    }

    @Test("oidcc-client-test-discovery-issuer-mismatch: a document of another issuer is refused")
    func discoveryMismatch() async throws {
        try await CertificationRun.with({ $0.discoveredIssuer = "https://somebody-else.example.com" }) { run in
            await #expect(
                throws: IdentityProviderError.wrongIssuer(
                    configured: run.standIn.issuer, found: "https://somebody-else.example.com")
            ) { try await run.signIn() }
            #expect(run.standIn.log.count(.authorize) == 0)
        }
    }

    @Test(
        "oidcc-client-test-signing-key-rotation-just-before-signing: keys fetched before the rotation are fetched anew")
    func rotationBeforeSigning() async throws {
        try await CertificationRun.with { run in
            try await run.signIn()
            run.standIn.change { $0.rotatesKeyBeforeNextSigning = true }
            try await run.signIn()
            #expect(run.standIn.log.count(.keys) == 2)
        }
    }

    @Test("oidcc-client-test-signing-key-rotation: the keys of before and after serve, one after the other")
    func rotation() async throws {
        try await CertificationRun.with({ $0.publishesPreviousKey = false }) { run in
            try await run.signIn()
            run.standIn.rotateKeys()
            try await run.signIn()
            try await run.signIn()
            #expect(run.standIn.log.count(.keys) == 2)
        }
    }

    @Test("a key that is replaced without having a name is found too")
    func rotationWithoutNames() async throws {
        try await CertificationRun.with({ $0.keyNaming = .absent }) { run in
            try await run.signIn()
            run.standIn.rotateKeys()
            try await run.signIn()
        }
    }

    @Test("oidcc-client-test-refresh-token: a refreshed token of the same person, client and issuer is accepted")
    func refresh() async throws {
        try await CertificationRun.with { run in
            let signedIn = try await run.signIn()
            let claims = try await run.refresh(signedIn)
            #expect(claims.subject == signedIn.claims.subject)
            #expect(claims.nonce == nil)
        }
    }

    @Test("oidcc-client-test-refresh-token: a refreshed token of another issuer is refused")
    func refreshIssuer() async throws {
        try await expectRefresh(.wrongIssuer) {
            .wrongIssuer(found: "https://somebody-else.example.com", expected: $0.issuer)
        }
    }

    @Test("oidcc-client-test-refresh-token: a refreshed token about somebody else is refused")
    func refreshSubject() async throws {
        try await expectRefresh(.wrongSubject) { run in
            .changed(claim: "sub", from: run.standIn.settings.user.subject, to: "somebody-else")
        }
    }

    @Test("oidcc-client-test-refresh-token: a refreshed token for another client is refused")
    func refreshAudience() async throws {
        try await expectRefresh(.wrongAudience) { .wrongAudience(found: ["somebody-else"], expected: $0.clientID) }
    }

    @Test("a further audience in a refreshed token is refused, even beside ours")
    func refreshFurtherAudience() async throws {
        try await CertificationRun.with { run in
            let signedIn = try await run.signIn()
            run.standIn.change {
                $0.audience = [$0.clientID, "somebody-else"]
                $0.authorizedParty = $0.clientID
            }
            let client = run.clientID.text
            #expect(
                try await run.rejection { try await run.refresh(signedIn) }
                    == .changed(claim: "aud", from: client, to: "\(client) somebody-else"))
        }
    }

    static let otherFaults: [StandInIdentityProvider.IDTokenFault] = [
        .wrongAuthorizedParty, .wrongAccessTokenHash, .missingIssuer, .missingExpiry, .expired, .notYetValid,
        .unknownKeyID, .garbage,
    ]

    @Test("whatever else is wrong with a token, it is refused", arguments: otherFaults)
    func otherFault(fault: StandInIdentityProvider.IDTokenFault) async throws {
        try await CertificationRun.with({ $0.idTokenFault = fault }) { run in
            _ = try await run.rejection()
        }
    }

    /// Expects a sign-in to end with that rejection.
    private func expect(
        _ fault: StandInIdentityProvider.IDTokenFault, _ rejection: (CertificationRun) -> IDTokenRejection
    ) async throws {
        try await CertificationRun.with({ $0.idTokenFault = fault }) { run in
            let found = try await run.rejection()
            #expect(found == rejection(run))
        }
    }

    /// Expects a refresh after a good sign-in to end with that rejection.
    private func expectRefresh(
        _ fault: StandInIdentityProvider.IDTokenFault, _ rejection: (CertificationRun) -> IDTokenRejection
    ) async throws {
        try await CertificationRun.with({ $0.refreshedIDTokenFault = fault }) { run in
            let signedIn = try await run.signIn()
            let found = try await run.rejection { try await run.refresh(signedIn) }
            #expect(found == rejection(run))
        }
    }
}
