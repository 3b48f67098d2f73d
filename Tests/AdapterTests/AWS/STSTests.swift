import AWS
import Domain
import Ports
import Testing

@Suite("STS") struct STSTests {
    typealias Step = ScriptedHTTP.Step

    static let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzdWItMSIsImF1ZCI6ImFwcC0xIn0.c2lnbmF0dXJlLW9mLXRlc3Q"

    static func request(role: String = "arn:aws:iam::123456789012:role/team/Dev", token: String = token) throws
        -> AssumeRoleRequest
    {
        AssumeRoleRequest(
            role: try RoleARN(role), idToken: Secret(token), sessionName: SessionName(fitting: "ann+x@example.com"),
            duration: .oneHour, subject: "sub-1", audience: "app-1")
    }

    /// What came of one call, and how.
    struct Run {
        let result: Result<AWSCredentials, SecurityTokenServiceError>
        let requests: [HTTPRequest]
        let left: Int
        let sleeps: [Double]

        var error: SecurityTokenServiceError? { if case .failure(let error) = result { error } else { nil } }
        var credentials: AWSCredentials? { try? result.get() }
    }

    static func run(
        _ script: [Step], settings: STSEndpoint.Settings = .init(), request: AssumeRoleRequest? = nil,
        seconds: Double = 60, time: FakeTime = FakeTime()
    ) async throws -> Run {
        let http = ScriptedHTTP(script, time)
        let sts = STS(http: http, time: time, random: Halves(), settings: settings)
        let request = try request ?? Self.request()
        let result: Result<AWSCredentials, SecurityTokenServiceError>
        do {
            result = .success(try await sts.assumeRole(request, by: Deadline(in: seconds, time)))
        } catch {
            result = .failure(error)
        }
        return Run(result: result, requests: await http.requests, left: await http.left, sleeps: time.sleeps)
    }

    @Test("Credentials are read from the answer")
    func credentials() async throws {
        let run = try await Self.run([.credentials])
        #expect(
            run.credentials
                == AWSCredentials(
                    accessKeyID: "ASgeIAIOSFODNN7EXAMPLE",
                    secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"),
                    sessionToken: Secret("AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE/=="),
                    expiry: Timestamp(seconds: 1_700_003_600)))
        #expect(run.sleeps.isEmpty)
    }

    @Test("The request is one unsigned POST of a form")
    func form() async throws {
        let run = try await Self.run([.credentials])
        let request = try #require(run.requests.first)
        #expect(run.requests.count == 1)
        #expect(request.address == "https://sts.us-east-1.amazonaws.com/")
        #expect(request.headers == [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")])
        #expect(request.timeout == 15)
        #expect(request.bodyLimit == 65536)
        guard case .post(let body) = request.method else {
            Issue.record("it is no POST")
            return
        }
        #expect(
            String(decoding: body, as: UTF8.self)
                == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
                + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteam%2FDev"
                + "&RoleSessionName=ann%2Bx%40example.com&DurationSeconds=3600&WebIdentityToken=\(Self.token)")
    }

    @Test("The endpoint is that of the role's partition and of the settings")
    func endpoint() async throws {
        var settings = STSEndpoint.Settings()
        settings.regions = ["eu-west-1", "us-gov-east-1"]
        let role = try Self.request(role: "arn:aws-us-gov:iam::123456789012:role/Dev")
        let gov = try await Self.run([.credentials], settings: settings, request: role)
        #expect(gov.requests.map(\.address) == ["https://sts.us-gov-east-1.amazonaws.com/"])
        settings.stsURL = "http://127.0.0.1:5000/sts"
        let standIn = try await Self.run([.credentials], settings: settings)
        #expect(standIn.requests.map(\.address) == ["http://127.0.0.1:5000/sts"])
    }

    @Test("Settings that can't be followed are told before anything is sent")
    func settings() async throws {
        var settings = STSEndpoint.Settings()
        settings.stsURL = "http://sts.example.com"
        let run = try await Self.run([.credentials], settings: settings)
        #expect(run.error == .settings(.insecure("AWS_ENDPOINT_URL_STS", "http://sts.example.com")))
        #expect(run.requests.isEmpty)
        #expect(run.error?.description.contains("use https://") == true)
    }

    @Test(
        "What may pass is tried again",
        arguments: [
            Step.error("IDPCommunicationError", "timed out", 400),
            .error("InvalidIdentityToken", "Couldn&apos;t retrieve verification key from your identity provider", 400),
            .error("Throttling", "Rate exceeded", 400), .error("ThrottlingException", "", 400),
            .error("RequestLimitExceeded", "", 503), .error("InternalFailure", "", 500),
            .error("ServiceUnavailable", "", 503), .body("<html>Bad gateway", 502), .body("", 504), .body("slow", 429),
            .failure(.unreachable(host: "h", reason: "refused", requestMayHaveArrived: false)),
            .failure(.unreachable(host: "h", reason: "reset", requestMayHaveArrived: true)),
            .failure(.timedOut(host: "h", seconds: 15, requestMayHaveArrived: true)),
        ])
    func transient(step: Step) async throws {
        let run = try await Self.run([step, step, .credentials])
        #expect(run.credentials != nil)
        #expect(run.requests.count == 3)
        #expect(run.sleeps == [0.125, 0.25])
    }

    @Test(
        "What will not pass is told at once",
        arguments: [
            (Step.error("AccessDenied", "Not authorized", 403), "AWS does not let the id_token of subject \"sub-1\""),
            (.error("ExpiredTokenException", "Token expired", 400), "AWS says that the id_token is over"),
            (.error("IDPRejectedClaim", "", 403), "rejected a claim"),
            (.error("InvalidIdentityToken", "No OpenIDConnect provider found", 400), "does not accept the id_token"),
            (.error("RegionDisabledException", "", 403), "is not active for account 123456789012"),
            (.error("MalformedPolicyDocument", "", 400), "can't read the session policy"),
            (.error("PackedPolicyTooLarge", "", 400), "too large for AWS"),
            (
                .error("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration", 400),
                "longer than"
            ),
            (.error("Novelty", "new", 400), "Novelty: new, status 400"),
            (
                .body("<html><body>Sign in to the hotel</body></html>", 403),
                "sts.us-east-1.amazonaws.com did not answer as AWS STS does"
            ),
            (.failure(.untrusted(host: "h", reason: "self-signed")), "AWS STS: the TLS connection to h is not trusted"),
            (.failure(.tooLarge(host: "h", limit: 1)), "more than 1 bytes"),
            (.failure(.badAddress("a", reason: "r")), "AWS STS: the address a"),
            (.failure(.unavailable(reason: "no libcurl")), "HTTP is not available"),
            (.failure(.cancelled), "cancelled"),
        ])
    func final(step: Step, part: String) async throws {
        let run = try await Self.run([step, .credentials])
        #expect(run.error?.description.contains(part) == true, "\(String(describing: run.error))")
        #expect(run.left == 1)
        #expect(run.sleeps.isEmpty)
    }

    @Test("A refusal tells its kind, code, message, status and what was asked")
    func refusal() async throws {
        let run = try await Self.run([.error("ExpiredTokenException", "a &lt; b", 400)])
        guard case .refused(let refusal) = run.error else {
            Issue.record("it is no refusal: \(String(describing: run.error))")
            return
        }
        #expect(refusal.kind == .expiredToken)
        #expect(refusal.code == "ExpiredTokenException")
        #expect(refusal.message == "a < b")
        #expect(refusal.status == 400)
        #expect(refusal.role.roleName == "Dev")
        #expect(refusal.region == "us-east-1")
        #expect(refusal.subject == "sub-1")
        #expect(refusal.audience == "app-1")
    }

    @Test("After five tries the last error is told")
    func gaveUp() async throws {
        let steps = (1...6).map { Step.error("Throttling", "try \($0)", 400) }
        let run = try await Self.run(steps)
        #expect(run.requests.count == 5)
        #expect(run.sleeps == [0.125, 0.25, 0.5, 1])
        #expect(run.error?.description.contains("try 5") == true)
    }

    @Test("A try that could not end by the deadline gets less time, and none is begun after it")
    func deadline() async throws {
        let late = Step.failure(.timedOut(host: "h", seconds: 15, requestMayHaveArrived: true), seconds: 15)
        let later = Step.failure(.timedOut(host: "h", seconds: 4.875, requestMayHaveArrived: true), seconds: 4.875)
        let run = try await Self.run([late, later, .credentials], seconds: 20)
        #expect(run.requests.map(\.timeout) == [15, 4.875])
        #expect(run.sleeps == [0.125])
        #expect(run.error == .http(.timedOut(host: "h", seconds: 4.875, requestMayHaveArrived: true)))
    }

    @Test("A deadline that has passed sends nothing")
    func passed() async throws {
        let run = try await Self.run([.credentials], seconds: 0)
        #expect(run.requests.isEmpty)
        #expect(
            run.error
                == .http(.timedOut(host: "sts.us-east-1.amazonaws.com", seconds: 0, requestMayHaveArrived: false)))
    }

    @Test("A sleep that lasts beyond the deadline ends with what was known before it")
    func overslept() async throws {
        let time = FakeTime()
        time.oversleep = 100
        let run = try await Self.run([.error("Throttling", "x", 400), .credentials], time: time)
        #expect(run.requests.count == 1)
        #expect(run.error?.description.contains("Throttling: x") == true)
    }

    @Test("Retry-After is obeyed where the deadline allows it")
    func retryAfter() async throws {
        let busy = Step.body("", 503, headers: [HTTPHeader("retry-after", "7")])
        let obeyed = try await Self.run([busy, .credentials])
        #expect(obeyed.sleeps == [7])
        #expect(obeyed.credentials != nil)
        let dated = Step.body("", 503, headers: [HTTPHeader("Retry-After", "Tue, 14 Nov 2023 22:13:29 GMT")])
        #expect(try await Self.run([dated, .credentials]).sleeps == [9])
        let tooLong = try await Self.run([busy, .credentials], seconds: 5)
        #expect(tooLong.sleeps.isEmpty)
        #expect(tooLong.left == 1)
    }

    @Test("A task that is cancelled while it waits sends nothing more")
    func cancelled() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Self.run([.error("Throttling", "", 400), .credentials])
        }
        let run = try await task.value
        #expect(run.error == .http(.cancelled))
        #expect(run.left == 1)
    }

    @Test(
        "An answer that is not of this protocol names the host and the status, and none of the answer",
        arguments: [
            ("<html><p>leaked-text</p></html>", 200, "status 200"), ("leaked-text", 404, "status 404"),
            ("", 302, "status 302"),
            ("<ErrorResponse><Error><Code/></Error></ErrorResponse>", 400, "status 400"),
            ("<ErrorResponse><Error><Code>leaked-text</Code></Error></ErrorResponse>", 200, "status 200"),
            (Step.credentialsXML, 400, "status 400"),
            ("<!DOCTYPE leaked-text><leaked-text/>", 200, "status 200"),
            ("<leaked-text><a></b>", 200, "status 200"),
        ])
    func unintelligible(text: String, status: Int, part: String) async throws {
        let run = try await Self.run([.body(text, status)])
        guard case .unintelligible(let host, let reason) = run.error else {
            Issue.record("it was understood: \(String(describing: run.error))")
            return
        }
        #expect(host == "sts.us-east-1.amazonaws.com")
        #expect(reason.contains(part))
        #expect(!reason.contains("leaked-text"))
    }

    @Test(
        "Credentials without a usable field are not taken",
        arguments: ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"],
        [nil, "", "a b", "a\nb", "é"] as [String?])
    func badFields(field: String, value: String?) async throws {
        let original = Step.credentialsXML
        let start = try #require(original.range(of: "<\(field)>")),
            end = try #require(original.range(of: "</\(field)>"))
        let replacement = value.map { "<\(field)>\($0)</\(field)>" } ?? ""
        let text = original[..<start.lowerBound] + replacement + original[end.upperBound...]
        let run = try await Self.run([.body(String(text), 200)])
        #expect(
            run.error
                == .unintelligible(
                    host: "sts.us-east-1.amazonaws.com", reason: "its answer has credentials without a usable \(field)")
        )
    }

    @Test("An id_token that STS quotes, whole or in part, is in no error")
    func quoted() async throws {
        let signature = try #require(Self.token.split(separator: ".").last)
        let message = "Value &apos;\(Self.token)&apos; at webIdentityToken (\(Self.token.prefix(40))…, \(signature).)"
        let run = try await Self.run([.error("ValidationError", message, 400)])
        let sentence = try #require(run.error?.description)
        #expect(
            sentence.contains("Value '<redacted>' at webIdentityToken (<redacted>…, <redacted>)"), "\(sentence)")
        var dumped = ""
        dump(try #require(run.error), to: &dumped)
        for text in [sentence, dumped] {
            #expect(!text.contains(signature))
            #expect(!text.contains(Self.token.prefix(20)))
        }
    }
}

extension String {
    fileprivate func range(of part: String) -> Range<String.Index>? { firstRange(of: part) }
}
