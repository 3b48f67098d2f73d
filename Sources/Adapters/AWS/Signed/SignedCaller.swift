import Domain
import Ports

/// Sends signed requests to AWS, and tries again what may pass.
struct SignedCaller: Sendable {
    /// What every caller of a process has in common.
    struct Means: Sendable {
        let http: any HTTPClient
        let time: any TimeSource
        let random: any RandomSource
        let signer: SignatureV4
        let variable: @Sendable (String) -> String?
        /// How often a request is tried again (`--aws-retries`).
        let retries: Int
    }

    let means: Means
    let partition: Partition
    /// The region of regional services; nil where the partition's own will do.
    var region: String?
    let credentials: @Sendable () async throws(SignedCallError) -> SigningCredentials
    private let pace = Pace()
    private let backoff = Backoff(base: 0.2, cap: 10)

    /// Seconds that one try may take.
    static let tryTimeout = 20.0
    /// How many bytes an answer may have: a page of a thousand roles with long policies has some 15 MB.
    static let bodyLimit = 32 << 20

    /// A request, as far as it does not depend on who sends it.
    struct Call: Sendable {
        let service: AWSService
        var method = "POST"
        /// What follows the endpoint's address, encoded.
        var path = ""
        /// The bucket of S3 that the path is in.
        var bucket: String?
        var headers: [HTTPHeader] = []
        var body: [UInt8] = []

        /// Where it goes: a bucket is a folder of its region's host, also one with a dot in its name; but a name before
        /// the host where FIPS is asked for, whose hosts know no folders (FIPS 140-3, "FIPS endpoints by service").
        func address(_ endpoint: AWSService.Endpoint) -> String {
            guard let bucket else { return endpoint.address + path }
            guard endpoint.isFIPS, let host = endpoint.address.split(separator: "/").last else {
                return "\(endpoint.address)\(bucket)/\(path)"
            }
            return "https://\(bucket).\(host)/\(path)"
        }
    }

    init(
        _ means: Means, _ partition: Partition, region: String? = nil,
        credentials: @escaping @Sendable () async throws(SignedCallError) -> SigningCredentials
    ) {
        self.means = means
        self.partition = partition
        self.region = region
        self.credentials = credentials
    }

    /// A call of the Query protocol, and the root of its answer.
    func query(_ service: AWSService, _ action: String, version: String, _ parameters: [PercentEncoding.Pair] = [])
        async throws(SignedCallError) -> XMLElement
    {
        let form = PercentEncoding.form(
            [PercentEncoding.Pair("Action", action), PercentEncoding.Pair("Version", version)] + parameters)
        let call = Call(
            service: service,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(form.utf8))
        let response = try await send(call)
        do throws(XMLProblem) {
            let root = try XMLReader.read(response.body, limit: Self.bodyLimit)
            guard root.name == "\(action)Response", let result = root.child("\(action)Result") else {
                throw XMLProblem(reason: "it is no answer to \(action)", offset: 0)
            }
            return result
        } catch {
            throw .unintelligible("\(service.rawValue) answered \(action) with something else: \(error.reason)")
        }
    }

    /// Sends a call, signed anew each time, and gives an answer of status 2xx.
    func send(_ call: Call, accepting statuses: Set<Int> = []) async throws(SignedCallError) -> HTTPResponse {
        var tries = 0
        var throttles = 0
        while true {
            await pause(pace.wait(fraction()))
            let failure: SignedCallError
            var retryAfter = 0.0
            do throws(SignedCallError) {
                let response = try await attempt(call)
                if (200..<300).contains(response.status) || statuses.contains(response.status) {
                    pace.speedUp()
                    return response
                }
                retryAfter =
                    response[header: "Retry-After"].flatMap { Backoff.seconds(retryAfter: $0, now: means.time.now()) }
                    ?? 0
                throw AWSRefusal.read(response)
            } catch {
                failure = error
            }
            if Task.isCancelled { throw failure }
            switch AWSRefusal.kind(failure) {
            case .final: throw failure
            case .transient:
                guard tries < means.retries else { throw failure }
                tries += 1
            case .throttled:
                pace.slowDown()
                // To be slowed down is no failure: it only takes longer.
                guard throttles < means.retries * 4 else { throw failure }
                throttles += 1
            }
            let delay = backoff.delay(beforeTry: max(tries, min(throttles, 4)) + 1, fraction: fraction())
            await pause(max(min(retryAfter, 60), delay))
            if Task.isCancelled { throw failure }
        }
    }

    private func attempt(_ call: Call) async throws(SignedCallError) -> HTTPResponse {
        let endpoint = try call.service.endpoint(partition, region: region, means.variable)
        let address = call.address(endpoint)
        let credentials = try await credentials()
        let headers = means.signer.headers(
            signing: call.method, address, headers: call.headers, body: call.body, credentials,
            SignatureV4.Scope(service: call.service.rawValue, region: endpoint.region), at: means.time.now())
        let method: HTTPRequest.Method =
            switch call.method {
            case "GET": .get
            case "PUT": .put(body: call.body)
            default: .post(body: call.body)
            }
        do {
            return try await means.http.send(
                HTTPRequest(
                    method, address, headers: headers, timeout: Self.tryTimeout, bodyLimit: Self.bodyLimit))
        } catch {
            throw .http(SignedCallError.HTTPFailureText(error))
        }
    }

    private func fraction() -> Double { Backoff.fraction(of: means.random.randomBytes(8)) }

    private func pause(_ seconds: Double) async {
        if seconds > 0 { await means.time.sleep(seconds: seconds) }
    }
}

extension SignedCallError.HTTPFailureText {
    init(_ failure: HTTPFailure) {
        text = "\(failure)"
        switch failure {
        case .unreachable, .timedOut: mayPass = true
        case .untrusted, .tooLarge, .badAddress, .unavailable, .cancelled: mayPass = false
        }
    }
}
