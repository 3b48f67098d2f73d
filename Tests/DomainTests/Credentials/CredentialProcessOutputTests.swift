import Domain
import Foundation
import Testing

@Suite("What creds-process prints") struct CredentialProcessOutputTests {
    private struct Document: Decodable, Equatable {
        let Version: Int
        let AccessKeyId: String
        let SecretAccessKey: String
        let SessionToken: String
        let Expiration: String
    }

    private func output(_ id: String, _ secret: String, _ token: String, _ expiry: Int64) -> String {
        CredentialProcessOutput(
            AWSCredentials(
                accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(token),
                expiry: Timestamp(seconds: expiry))
        ).text.revealed
    }

    @Test("The document has the text that it is known by")
    func exact() {
        #expect(
            output("ASIAEXAMPLE", "wJalr/XUtn+FEMI=", "IQoJb3JpZ2luX2Vj//==", 1_700_000_000) == """
                {
                  "Version": 1,
                  "AccessKeyId": "ASIAEXAMPLE",
                  "SecretAccessKey": "wJalr/XUtn+FEMI=",
                  "SessionToken": "IQoJb3JpZ2luX2Vj//==",
                  "Expiration": "2023-11-14T22:13:20Z"
                }

                """)
    }

    @Test("Any credentials are read back from it, and it is one object of seven lines")
    func readBack() throws {
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<300 {
            let texts = (0..<3).map { _ in generator.text() }
            let text = output(texts[0], texts[1], texts[2], 0)
            let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
            #expect(document.Version == 1)
            #expect(document.AccessKeyId.utf8.elementsEqual(texts[0].utf8))
            #expect(document.SecretAccessKey.utf8.elementsEqual(texts[1].utf8))
            #expect(document.SessionToken.utf8.elementsEqual(texts[2].utf8))
            #expect(document.Expiration == "1970-01-01T00:00:00Z")
            #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 7)
        }
    }

    @Test("Version is the number 1, and there are no other members")
    func members() throws {
        let object = try JSONSerialization.jsonObject(with: Data(output("a", "b", "c", 0).utf8)) as? [String: Any]
        let members = try #require(object)
        #expect(
            members.keys.sorted() == ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken", "Version"])
        #expect(members["Version"] as? Int == 1)
        #expect(members["Version"] as? String == nil)
    }
}
