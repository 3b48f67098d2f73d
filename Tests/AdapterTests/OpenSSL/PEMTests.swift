import Domain
import Foundation
import OpenSSL
import Ports
import Testing

/// Private keys as PEM, made by the openssl command.
struct PEMTests {
    private func openssl(_ command: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.path + "/aws-oidc-pem-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "openssl \(command) > '\(file)' 2> /dev/null"]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(command) failed")
        return String(decoding: try #require(FileManager.default.contents(atPath: file)), as: UTF8.self)
    }

    @Test(
        "PKCS#1 and PKCS#8 keys sign, and their public halves verify",
        arguments: ["genrsa -traditional 2048", "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"])
    func keys(command: String) throws {
        let text = try openssl(command)
        #expect(text.contains("RSA PRIVATE") == command.hasPrefix("genrsa"))
        let key = try SigningKey.rsa(pem: Secret(text))
        let message = Array("message".utf8)
        let signature = try key.sign(message, .rs256)
        let publicKey = JSONWebKey(keyID: nil, use: nil, algorithm: nil, parameters: key.publicParameters)
        #expect(try OpenSSLCryptography().isValid(signature, of: message, key: publicKey, algorithm: .rs256))
    }

    @Test(
        "what is no usable RSA key is refused, and never shown",
        arguments: ["", "hello", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"])
    func garbage(text: String) {
        let error = #expect(throws: UnusableKey.self) { try SigningKey.rsa(pem: Secret(text)) }
        #expect(error?.reason.contains("AAAA") == false)
    }

    @Test("an encrypted key is refused, without a question at a terminal")
    func encrypted() throws {
        let text = try openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes-128-cbc -pass pass:x")
        let error = #expect(throws: UnusableKey.self) { try SigningKey.rsa(pem: Secret(text)) }
        #expect(error?.reason == "it is encrypted")
    }

    @Test("a key of another kind is refused")
    func ellipticCurve() throws {
        let text = try openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256")
        let error = #expect(throws: UnusableKey.self) { try SigningKey.rsa(pem: Secret(text)) }
        #expect(error?.reason == "it is no RSA key")
    }
}
