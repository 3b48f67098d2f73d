import Domain
import Ports

/// Gets access tokens for the service app, and keeps the present one as long as it is good.
///
/// Client credentials with a private-key JWT (RFC 7523), bound to a key of ours where the org demands it (RFC 9449).
actor OktaAccess {
    /// A token, and how it goes into a request.
    struct Token: Sendable {
        let text: Secret
        let isBound: Bool
        let uptimeOfEnd: Double
    }

    static let scope = "okta.apps.read"
    /// Seconds before its end at which a token counts as over.
    private static let margin: Double = 60

    private let settings: OktaSettings
    private let http: any HTTPClient
    private let time: any TimeSource
    private let random: any RandomSource
    private let proofs: ProofOfPossession
    private let limit: RateLimit
    private var token: Token?
    private var underWay: Task<Result<Token, PersonDirectoryError>, Never>?
    private var isBoundAlways = false

    init(
        settings: OktaSettings, http: any HTTPClient, time: any TimeSource, random: any RandomSource,
        proofs: ProofOfPossession, limit: RateLimit
    ) {
        self.settings = settings
        self.http = http
        self.time = time
        self.random = random
        self.proofs = proofs
        self.limit = limit
    }

    /// A token that is good for a while.
    ///
    /// - Parameter spoiled: one that Okta did not take any more.
    func token(insteadOf spoiled: Token? = nil) async throws(PersonDirectoryError) -> Token {
        if let spoiled, token?.text == spoiled.text { token = nil }
        if let token, time.uptime() < token.uptimeOfEnd - Self.margin { return token }
        if let underWay { return try await underWay.value.get() }
        let task = Task { await self.outcome() }
        underWay = task
        let outcome = await task.value
        underWay = nil
        if case .success(let token) = outcome { self.token = token }
        return try outcome.get()
    }

    private func outcome() async -> Result<Token, PersonDirectoryError> {
        do throws(PersonDirectoryError) {
            return .success(try await requested())
        } catch {
            return .failure(error)
        }
    }

    /// Asks plainly; with a proof where Okta wants one, and again with its nonce where it wants that.
    private func requested() async throws(PersonDirectoryError) -> Token {
        var nonce: String?
        for _ in 1...3 {
            let answer = try await ask(isBound: isBoundAlways, nonce: nonce)
            if answer.status == 200 { return try read(answer) }
            let refusal = OktaRefusal.read(answer.body)
            if answer.status == 400, refusal.error == "use_dpop_nonce", let given = answer[header: "DPoP-Nonce"] {
                isBoundAlways = true
                nonce = given
            } else if answer.status == 400, refusal.error == "invalid_dpop_proof", !isBoundAlways {
                isBoundAlways = true
            } else {
                if Self.isForLater(answer), let refusal = await limit.refusal { throw refusal }
                throw OktaFailure.error(answer, at: address, time)
            }
        }
        throw .refused(reason: "\(address) is content with no proof of possession")
    }

    private func ask(isBound: Bool, nonce: String?) async throws(PersonDirectoryError) -> HTTPResponse {
        let form = [
            PercentEncoding.Pair("grant_type", "client_credentials"),
            PercentEncoding.Pair("scope", Self.scope),
            PercentEncoding.Pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            PercentEncoding.Pair("client_assertion", try assertion()),
        ]
        var headers = [
            HTTPHeader("Content-Type", "application/x-www-form-urlencoded"), HTTPHeader("Accept", "application/json"),
        ]
        if isBound {
            let proof = try OktaFailure.signing { () throws(UnusableKey) in
                try proofs.proof(method: "POST", address: address, nonce: nonce, accessToken: nil)
            }
            headers.append(HTTPHeader("DPoP", proof))
        }
        let http = http
        let request = HTTPRequest(
            .post(body: Array(PercentEncoding.form(form).utf8)), address, headers: headers,
            timeout: OktaDirectory.timeout)
        try await limit.observe()
        let answer = try await OktaFailure.answering { () async throws(HTTPFailure) in try await http.send(request) }
        // The last token that the limit allows is a good one: apps may be asked for with it.
        if Self.isForLater(answer) { await limit.note(answer) }
        return answer
    }

    private static func isForLater(_ answer: HTTPResponse) -> Bool { answer.status == 429 || answer.status == 503 }

    /// Who we are, signed (RFC 7523 section 3).
    private func assertion() throws(PersonDirectoryError) -> String {
        let client = JSONText.quoted(settings.clientID.text)
        let now = time.now()
        let claims = [
            (name: "iss", value: client), (name: "sub", value: client), (name: "aud", value: JSONText.quoted(address)),
            (name: "iat", value: "\(now.seconds)"), (name: "exp", value: "\((now + 300).seconds)"),
            (name: "jti", value: JSONText.quoted(Base64URL.encode(random.randomBytes(16)))),
        ]
        let header = settings.keyID.map { [(name: "kid", value: JSONText.quoted($0))] } ?? []
        return try OktaFailure.signing { () throws(UnusableKey) in
            try SignedJWT(signer: settings.signer, algorithm: .rs256).text(header: header, claims: claims)
        }
    }

    private func read(_ answer: HTTPResponse) throws(PersonDirectoryError) -> Token {
        guard let read = try? OktaJSON.decode(OktaTokenAnswer.self, answer.body), !read.accessToken.isEmpty else {
            throw .unavailable(reason: "\(address) answered no token")
        }
        let life = min(max(read.expiresIn ?? 300, 0), 86_400)
        return Token(
            text: Secret(read.accessToken), isBound: read.tokenType.lowercased() == "dpop",
            uptimeOfEnd: time.uptime() + life)
    }

    private var address: String { settings.org + "/oauth2/v1/token" }
}
