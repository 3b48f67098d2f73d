import Domain
import Testing

@Suite("Secrets") struct SecretTests {
    private struct Refusal: Error {
        let token: Secret
        let attempts: Int
    }

    private enum Problem: Error { case refused(Secret, by: String) }

    private static let text = "eyJ-very-secret-text"
    private static let secret = Secret(text)

    private static let tokens = TokenSet(
        accessToken: secret, tokenType: "Bearer", accessTokenExpiry: Timestamp(seconds: 0), expiresIn: nil,
        idToken: secret, claims: IDTokenClaims(), refreshToken: secret, refreshTokenExpiry: nil)

    /// A secret in everything that may hold one.
    private static var holders: [(String, Any)] {
        [
            ("itself", secret), ("an optional", Secret?.some(secret) as Any), ("a list", [secret, secret]),
            ("a dictionary", ["token": secret]), ("a dictionary's keys", [secret: 1]), ("a set", Set([secret])),
            ("a tuple", (secret, 1)), ("a result", Result<Secret, Refusal>.success(secret)),
            ("an error", Refusal(token: secret, attempts: 2)),
            ("an enumerated error", Problem.refused(secret, by: "a")),
            (
                "a grant",
                TokenGrant(
                    accessToken: secret, tokenType: "Bearer", refreshToken: secret, idToken: secret, expiresIn: 1,
                    refreshExpiresIn: 1)
            ),
            ("tokens", tokens),
            (
                "credentials",
                AWSCredentials(
                    accessKeyID: "AKIA", secretAccessKey: secret, sessionToken: secret, expiry: Timestamp(seconds: 0))
            ),
        ]
    }

    @Test("A secret says only <redacted>, and gives its text only where it is asked by name")
    func redacted() {
        #expect("\(Self.secret)" == "<redacted>")
        #expect(String(describing: Self.secret) == "<redacted>")
        #expect(String(reflecting: Self.secret) == "<redacted>")
        #expect(Self.secret.revealed == Self.text)
    }

    @Test("No way of printing what holds a secret shows it", arguments: holders.indices)
    func hidden(index: Int) {
        let (name, holder) = Self.holders[index]
        var printed = ""
        print(holder, to: &printed)
        debugPrint(holder, to: &printed)
        dump(holder, to: &printed)
        printed += "\(holder)" + String(describing: holder) + String(reflecting: holder)
        #expect(printed.contains("<redacted>"), "\(name)")
        #expect(!printed.contains("very-secret"), "\(name)")
    }

    @Test("A mirror finds no text in a secret, however deep it looks", arguments: holders.indices)
    func mirrored(index: Int) {
        var waiting: [Any] = [Self.holders[index].1]
        var secrets = 0
        while let value = waiting.popLast() {
            if value is Secret { secrets += 1 }
            if let text = value as? String { #expect(!text.contains("very-secret")) }
            waiting += Mirror(reflecting: value).children.map(\.value)
        }
        #expect(secrets > 0)
        #expect(Mirror(reflecting: Self.secret).children.isEmpty)
    }

    @Test("Nothing writes a secret into a file or an address by itself")
    func encodes() {
        let secret: Any = Self.secret
        #expect(!(secret is any Encodable))
        #expect(!(secret is any LosslessStringConvertible))
        #expect(!(secret is any TextOutputStreamable))
    }

    @Test("Secrets are equal by their texts")
    func equality() {
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
    }
}
