import Domain
import Foundation
import Testing

@Suite("What token prints") struct TokenOutputTests {
    private struct Document: Decodable {
        let version: Int
        let id_token: String
        let access_token: String
        let expiry: String
    }

    private func output(id: String, access: String) -> String {
        TokenOutput(
            TokenSet(
                accessToken: Secret(access), tokenType: "Bearer",
                accessTokenExpiry: Timestamp(seconds: 1_700_000_000), expiresIn: 3600, idToken: Secret(id),
                claims: IDTokenClaims(), refreshToken: Secret("refresh"),
                refreshTokenExpiry: Timestamp(seconds: 1_800_000_000))
        ).text.revealed
    }

    @Test("The line has the text that it is known by, and never the refresh token")
    func exact() {
        #expect(
            output(id: "a.b.c", access: "opaque-1")
                == #"{"version":1,"id_token":"a.b.c","access_token":"opaque-1","expiry":"2023-11-14T22:13:20Z"}"# + "\n"
        )
    }

    @Test("Any tokens are read back from it, and it is one line")
    func readBack() throws {
        var generator = SeededGenerator(seed: 19)
        for _ in 0..<300 {
            let (id, access) = (generator.text(), generator.text())
            let text = output(id: id, access: access)
            let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
            #expect(document.version == 1)
            #expect(document.id_token.utf8.elementsEqual(id.utf8))
            #expect(document.access_token.utf8.elementsEqual(access.utf8))
            #expect(document.expiry == "2023-11-14T22:13:20Z")
            #expect(text.utf8.firstIndex(of: UInt8(ascii: "\n")) == text.utf8.indices.last)
        }
    }
}
