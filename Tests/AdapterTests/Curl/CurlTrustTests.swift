import Curl
import Foundation
import Ports
import Testing

@Suite("HTTP over libcurl: which hosts are trusted")
struct CurlTrustTests {
    @Test("a host with a certificate of the given authority is trusted")
    func good() async throws {
        let server = try TLSServer(.good)
        let response = try await client(try TestAuthority.bundle()).send(HTTPRequest(.get, server.address))
        #expect(response.status == 200)
        #expect(!response.body.isEmpty)
    }

    @Test(
        "a certificate that is over or for another name is refused, with the reason",
        arguments: [(TLSServer.Certificate.expired, "expired"), (.otherName, "name")])
    func refused(_ certificate: TLSServer.Certificate, _ word: String) async throws {
        let server = try TLSServer(certificate)
        try await expectUntrusted(server.address, try TestAuthority.bundle(), word)
    }

    @Test("an authority that this machine does not know is refused, with the reason")
    func unknownAuthority() async throws {
        let server = try TLSServer(.good)
        try await expectUntrusted(server.address, nil, "certificate")
    }

    @Test("a certificate of an authority that the bundle does not hold is refused")
    func otherBundle() async throws {
        let server = try TLSServer(.good)
        let other = try TestAuthority.folder.get() + "/expired.pem"
        try await expectUntrusted(server.address, other, "certificate")
    }

    @Test("a certificate bundle that is not there is named")
    func noBundle() async throws {
        let server = try TLSServer(.good)
        try await expectUntrusted(server.address, "/nowhere/ca.pem", "/nowhere/ca.pem")
    }

    @Test("a server that speaks no TLS is refused")
    func noTLS() async throws {
        let server = try RawServer { connection, _ in
            connection.answer("plain")
            connection.waitForClose()
        }
        try await expectUntrusted("https://127.0.0.1:\(server.port)/", nil, "")
    }

    @Test("a handshake that breaks off is the network's doing, and nothing arrived")
    func brokenHandshake() async throws {
        let server = try RawServer { connection, _ in
            var byte: UInt8 = 0
            _ = recv(connection.socket, &byte, 1, 0)
        }
        let request = HTTPRequest(.post(body: [1]), "https://127.0.0.1:\(server.port)/")
        let failure = await failure(request, client(nil))
        guard case .unreachable("127.0.0.1", _, requestMayHaveArrived: false) = failure else {
            Issue.record("\(failure as Any)")
            return
        }
    }

    private func client(_ bundle: String?) -> CurlHTTPClient {
        CurlHTTPClient(CurlSettings(certificateBundle: bundle, userAgent: "aws-oidc/test"))
    }

    private func expectUntrusted(_ address: String, _ bundle: String?, _ word: String) async throws {
        let failure = await failure(HTTPRequest(.get, address), client(bundle))
        guard case .untrusted(_, let reason) = failure else {
            Issue.record("\(failure as Any)")
            return
        }
        #expect(word.isEmpty || reason.contains(word))
        #expect(!reason.isEmpty)
    }
}
