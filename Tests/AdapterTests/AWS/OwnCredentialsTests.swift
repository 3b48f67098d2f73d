import AWS
import Domain
import Locking
import OpenSSL
import Ports
import Testing

@Suite("The credentials of this process itself")
struct OwnCredentialsTests {
    private static let endpoint = "http://127.0.0.1/credentials"

    private func credentials(_ http: any HTTPClient, _ time: any TimeSource) -> OwnCredentials {
        let cryptography = OpenSSLCryptography()
        return OwnCredentials(
            http: http, time: time, random: Halves(),
            signer: SignatureV4(digester: cryptography, authenticator: cryptography),
            variable: { $0 == "AWS_CONTAINER_CREDENTIALS_FULL_URI" ? Self.endpoint : nil }, home: nil)
    }

    private static func document(_ id: String, _ expiration: String) -> String {
        #"{"AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t","Expiration":"\#(expiration)"}"#
    }

    @Test("Those that end soon serve until they end, where no newer ones can be had; then not")
    func hiccup() async throws {
        let time = FakeTime()
        let outage = HTTPFailure.unreachable(host: "h", reason: "r", requestMayHaveArrived: false)
        let http = ScriptedHTTP(
            // They live for 240 s.
            [.body(Self.document("ASIA1", "2023-11-14T22:17:20Z"), 200)]
                + Array(repeating: .failure(outage), count: 3)
                + [.body(Self.document("ASIA2", "2023-11-14T22:17:20Z"), 200)]
                + Array(repeating: .failure(outage), count: 3), time)
        let own = credentials(http, time)
        #expect(try await own.current().accessKeyID == "ASIA1")
        #expect(try await own.current().accessKeyID == "ASIA1")
        #expect(try await own.current().accessKeyID == "ASIA1", "who has just failed is asked again at once")
        #expect(await http.left == 4)
        time.advance(15)
        #expect(try await own.current().accessKeyID == "ASIA2")
        time.advance(300)
        await #expect(throws: SignedCallError.self) { try await own.current() }
    }

    @Test("Whoever is cancelled does not wait on, and takes them from nobody else")
    func cancelled() async throws {
        let http = PatientHTTP(Self.document("ASIA1", "2999-01-01T00:00:00Z"))
        let own = credentials(http, FakeTime())
        let impatient = Task { try await own.current().accessKeyID }
        while http.waiting.with({ $0 }) == 0 { await Task.yield() }
        let patient = Task { try await own.current().accessKeyID }
        impatient.cancel()
        // It ends though nobody has answered.
        await #expect(throws: SignedCallError.self) { try await impatient.value }
        http.isOpen.with { $0 = true }
        #expect(try await patient.value == "ASIA1")
    }

    /// Answers once it is open.
    private final class PatientHTTP: HTTPClient {
        let isOpen = Guarded(false)
        let waiting = Guarded(0)
        private let text: String

        init(_ text: String) { self.text = text }

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            waiting.with { $0 += 1 }
            while !isOpen.with({ $0 }) {
                guard !Task.isCancelled else { throw .cancelled }
                await Task.yield()
            }
            return HTTPResponse(status: 200, headers: [], body: Array(text.utf8))
        }
    }
}
