import Curl
import Domain
import OIDC
import OpenSSL
import Ports
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A relying party and the provider that it is certified against, over real HTTP.
struct CertificationRun {
    let standIn: StandInIdentityProvider
    let provider: OpenIDProvider
    let issuer: Issuer
    let clientID: ClientID
    let time = CertificationClock()
    let documents = OIDCMemoryDocuments()
    private let cryptography = OpenSSLCryptography()

    private init(_ standIn: StandInIdentityProvider) throws {
        self.standIn = standIn
        issuer = try Issuer(standIn.issuer)
        clientID = try ClientID(standIn.settings.clientID)
        provider = OpenIDProvider(
            issuer: issuer, clientID: clientID,
            http: CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "aws-oidc-tests")), time: time,
            random: cryptography, documents: documents, digester: cryptography, verifier: cryptography)
    }

    /// Runs a test against a provider with those settings, and stops it.
    static func with(
        _ change: (inout StandInIdentityProvider.Settings) -> Void = { _ in },
        _ body: (CertificationRun) async throws -> Void
    ) async throws {
        var settings = StandInIdentityProvider.Settings()
        change(&settings)
        let standIn = try await StandInIdentityProvider.start(settings)
        let result: Result<Void, any Error>
        do {
            try await body(CertificationRun(standIn))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await standIn.stop()
        try result.get()
    }

    var deadline: Deadline { Deadline(in: 30, time) }

    /// A sign-in from the first address to the claims.
    @discardableResult
    func signIn() async throws -> (claims: IDTokenClaims, grant: TokenGrant) {
        let metadata = try await provider.metadata(by: deadline)
        let pkce = PKCE(random: cryptography.randomBytes(PKCE.randomByteCount)) { cryptography.digest($0, .sha256) }
        let state = Secret(Base64URL.encode(cryptography.randomBytes(32)))
        let nonce = Secret(Base64URL.encode(cryptography.randomBytes(32)))
        let request = AuthorizationRequest(
            to: metadata, clientID: clientID, redirectURI: "http://localhost:49152", state: state, nonce: nonce,
            challenge: pkce.challenge)
        let answer = RedirectAnswer.judge(
            query: try await redirectQuery(of: request.address), state: state, issuer: issuer,
            issuerIsRequired: metadata.namesItselfInRedirect)
        guard case .code(let code) = answer else { throw NoCode(answer: answer) }
        let grant = try await provider.redeem(
            code: code, verifier: pkce.verifier, redirectURI: request.redirectURI, by: deadline)
        let idToken = try #require(grant.idToken)
        let expected = IDTokenExpectations(
            issuer: issuer, clientID: clientID, nonce: nonce, accessToken: grant.accessToken)
        return (try await provider.verify(idToken, expected, by: deadline), grant)
    }

    /// A refresh of what a sign-in gave, and the claims of the new token.
    @discardableResult
    func refresh(_ signedIn: (claims: IDTokenClaims, grant: TokenGrant)) async throws -> IDTokenClaims {
        let grant = try await provider.refresh(try #require(signedIn.grant.refreshToken), by: deadline)
        let expected = IDTokenExpectations(
            issuer: issuer, clientID: clientID, accessToken: grant.accessToken, predecessor: signedIn.claims)
        return try await provider.verify(try #require(grant.idToken), expected, by: deadline)
    }

    /// Why a sign-in's id_token was refused.
    func rejection() async throws -> IDTokenRejection {
        try await rejection { try await signIn() }
    }

    /// Why what was tried ended with a refused id_token.
    func rejection(_ body: () async throws -> Void) async throws -> IDTokenRejection {
        do {
            try await body()
        } catch IdentityProviderError.rejectedIDToken(let rejection) {
            return rejection
        }
        throw Accepted()
    }

    /// Does what the sign-in page does, and gives the query of where it leads.
    private func redirectQuery(of address: String) async throws -> String {
        let parts = address.split(separator: "?", maxSplits: 1)
        let form = FormFields([
            ("request", String(parts[1])), ("username", standIn.settings.user.username),
            ("password", standIn.settings.user.password), ("decision", "allow"),
        ])
        let answer = try await LoopbackHTTP.post(form, to: String(parts[0]))
        let location = try #require(answer[header: "location"], "the sign-in answered \(answer.status)")
        return String(try #require(location.split(separator: "?", maxSplits: 1).last))
    }

    /// A sign-in that led to no code.
    struct NoCode: Error {
        let answer: RedirectAnswer
    }

    /// A token was taken that should have been refused.
    struct Accepted: Error {}
}

/// This host's clocks.
struct CertificationClock: TimeSource {
    func now() -> Timestamp { Timestamp(seconds: Int64(Self.read(CLOCK_REALTIME))) }
    func uptime() -> Double { Self.read(CLOCK_MONOTONIC) }
    func sleep(seconds: Double) async { try? await Task.sleep(for: .seconds(seconds)) }

    private static func read(_ clock: clockid_t) -> Double {
        var moment = timespec()
        clock_gettime(clock, &moment)
        return Double(moment.tv_sec) + Double(moment.tv_nsec) / 1e9
    }
}
