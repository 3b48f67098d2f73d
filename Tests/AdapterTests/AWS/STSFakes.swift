import Domain
import Locking
import Ports

/// Answers in the order of its script, taking so many seconds of the fake time for each, and keeps the requests.
actor ScriptedHTTP: HTTPClient {
    struct Step: Sendable {
        let result: Result<HTTPResponse, HTTPFailure>
        var seconds = 0.0
    }

    private var script: [Step]
    private let time: FakeTime
    private(set) var requests: [HTTPRequest] = []

    init(_ script: [Step], _ time: FakeTime) {
        self.script = script
        self.time = time
    }

    /// Steps that nobody came for.
    var left: Int { script.count }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        requests.append(request)
        guard !script.isEmpty else { throw .unavailable(reason: "the script is over") }
        let step = script.removeFirst()
        time.advance(step.seconds)
        return try step.result.get()
    }
}

/// A clock that only sleeping and `advance` move, and that keeps what was slept.
final class FakeTime: TimeSource {
    private let state = Guarded((sleeps: [Double](), elapsed: 1000.0, oversleep: 0.0))

    var sleeps: [Double] { state.with { $0.sleeps } }
    /// How much longer a sleep takes than was asked.
    var oversleep: Double {
        get { state.with { $0.oversleep } }
        set { state.with { $0.oversleep = newValue } }
    }

    func now() -> Timestamp { Timestamp(seconds: 1_700_000_000 + Int64(uptime()) - 1000) }
    func uptime() -> Double { state.with { $0.elapsed } }
    func sleep(seconds: Double) async {
        state.with { state in
            state.sleeps.append(seconds)
            state.elapsed += seconds + state.oversleep
        }
        // Whoever asks again and again must not keep those from their turn whom it waits for.
        await Task.yield()
    }
    func advance(_ seconds: Double) { state.with { $0.elapsed += seconds } }
}

/// Random bytes of which a fraction of one half comes.
struct Halves: RandomSource {
    func randomBytes(_ count: Int) -> [UInt8] { [0x80] + Array(repeating: 0, count: count - 1) }
}

extension ScriptedHTTP.Step {
    /// An error of STS, as it writes it.
    static func error(_ code: String, _ message: String, _ status: Int, seconds: Double = 0) -> Self {
        body(
            """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <Error>
                <Type>Sender</Type>
                <Code>\(code)</Code>
                <Message>\(message)</Message>
              </Error>
              <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
            </ErrorResponse>

            """, status, seconds: seconds)
    }

    static func body(_ text: String, _ status: Int, headers: [HTTPHeader] = [], seconds: Double = 0) -> Self {
        Self(result: .success(HTTPResponse(status: status, headers: headers, body: Array(text.utf8))), seconds: seconds)
    }

    static func failure(_ failure: HTTPFailure, seconds: Double = 0) -> Self {
        Self(result: .failure(failure), seconds: seconds)
    }

    /// Credentials that end in an hour.
    static let credentials = body(credentialsXML, 200)

    static let credentialsXML = """
        <?xml version="1.0" encoding="UTF-8"?>
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <SubjectFromWebIdentityToken>sub-1</SubjectFromWebIdentityToken>
            <Audience>app-1</Audience>
            <AssumedRoleUser>
              <Arn>arn:aws:sts::123456789012:assumed-role/Dev/ann@example.com</Arn>
              <AssumedRoleId>AROACLKWSDQRAOEXAMPLE:ann@example.com</AssumedRoleId>
            </AssumedRoleUser>
            <Credentials>
              <SessionToken>AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE/==</SessionToken>
              <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
              <Expiration>2023-11-14T23:13:20Z</Expiration>
              <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId>
            </Credentials>
            <Provider>arn:aws:iam::123456789012:oidc-provider/login.example.com</Provider>
          </AssumeRoleWithWebIdentityResult>
          <ResponseMetadata><RequestId>ad4156e9-bce1-11e2-82e6-6b6efEXAMPLE</RequestId></ResponseMetadata>
        </AssumeRoleWithWebIdentityResponse>
        """
}
