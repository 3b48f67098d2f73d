package import Domain
package import Ports

/// AWS STS over its Query protocol: an unsigned POST, since the id_token is what proves who asks (API_AssumeRoleWithWebIdentity).
package struct STS: SecurityTokenService {
    /// How often a request is sent at most.
    static let tries = 5
    /// Seconds that one try may take.
    static let tryTimeout = 15.0
    /// A real answer has some 2 KB, most of it the session token.
    static let bodyLimit = 1 << 16

    private let http: any HTTPClient
    private let time: any TimeSource
    private let random: any RandomSource
    private let settings: STSEndpoint.Settings
    private let backoff = Backoff(base: 0.25, cap: 5)

    /// An STS as the settings name it; they are looked at when a role is known.
    package init(
        http: any HTTPClient, time: any TimeSource, random: any RandomSource, settings: STSEndpoint.Settings
    ) {
        self.http = http
        self.time = time
        self.random = random
        self.settings = settings
    }

    package func assumeRole(_ request: AssumeRoleRequest, by deadline: Deadline)
        async throws(SecurityTokenServiceError) -> AWSCredentials
    {
        let endpoint: STSEndpoint
        do {
            endpoint = try STSEndpoint(for: request.role.partition, settings)
        } catch {
            throw .settings(error)
        }
        var number = 1
        while true {
            switch await attempt(request, endpoint, by: deadline) {
            case .credentials(let credentials):
                return credentials
            case .failure(let error, let mayPass, let retryAfter):
                let fraction = Backoff.fraction(of: random.randomBytes(8))
                let wait = max(retryAfter ?? 0, backoff.delay(beforeTry: number + 1, fraction: fraction))
                guard mayPass, number < Self.tries, wait < deadline.left(time) else { throw error }
                await time.sleep(seconds: wait)
                guard !Task.isCancelled else { throw .http(.cancelled) }
                // A sleep may last longer than it was asked to.
                guard deadline.left(time) > 0 else { throw error }
                number += 1
            }
        }
    }

    private enum Outcome {
        case credentials(AWSCredentials)
        case failure(SecurityTokenServiceError, mayPass: Bool, retryAfter: Double?)
    }

    private func attempt(_ request: AssumeRoleRequest, _ endpoint: STSEndpoint, by deadline: Deadline) async
        -> Outcome
    {
        let left = deadline.left(time)
        guard left > 0 else {
            let late = HTTPFailure.timedOut(host: endpoint.host, seconds: 0, requestMayHaveArrived: false)
            return .failure(.http(late), mayPass: false, retryAfter: nil)
        }
        let response: HTTPResponse
        do {
            response = try await http.send(
                HTTPRequest(
                    .post(body: Self.body(request)), endpoint.address,
                    headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
                    timeout: min(Self.tryTimeout, left), bodyLimit: Self.bodyLimit))
        } catch {
            return .failure(.http(error), mayPass: Self.mayPass(error), retryAfter: nil)
        }
        let retryAfter = response[header: "Retry-After"].flatMap {
            Backoff.seconds(retryAfter: $0, now: time.now())
        }
        switch STSAnswer(response) {
        case .credentials(let credentials):
            return .credentials(credentials)
        case .error(let code, let message):
            let refusal = STSRefusal(
                code: code, message: Redaction.text(message, without: request.idToken), status: response.status,
                role: request.role, region: endpoint.region, subject: request.subject, audience: request.audience)
            return .failure(.refused(refusal), mayPass: refusal.kind == .transient, retryAfter: retryAfter)
        case .unintelligible where STSRefusal.isTransient(status: response.status):
            return .failure(
                .outOfOrder(host: endpoint.host, status: response.status), mayPass: true, retryAfter: retryAfter)
        case .unintelligible(let reason):
            return .failure(
                .unintelligible(host: endpoint.host, reason: reason), mayPass: false, retryAfter: nil)
        }
    }

    /// Asking twice gives two sessions and harms nobody, so it does not matter whether the first request arrived.
    private static func mayPass(_ failure: HTTPFailure) -> Bool {
        switch failure {
        case .unreachable, .timedOut: true
        case .untrusted, .tooLarge, .badAddress, .unavailable, .cancelled: false
        }
    }

    private static func body(_ request: AssumeRoleRequest) -> [UInt8] {
        let form = PercentEncoding.form([
            PercentEncoding.Pair("Action", "AssumeRoleWithWebIdentity"),
            PercentEncoding.Pair("Version", "2011-06-15"),
            PercentEncoding.Pair("RoleArn", request.role.text),
            PercentEncoding.Pair("RoleSessionName", request.sessionName.text),
            PercentEncoding.Pair("DurationSeconds", String(request.duration.seconds)),
            PercentEncoding.Pair("WebIdentityToken", request.idToken.revealed),
        ])
        return Array(form.utf8)
    }
}
