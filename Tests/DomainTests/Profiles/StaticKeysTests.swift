import Domain
import Testing

@Suite("Static keys")
struct StaticKeysTests {
    @Test(
        "A profile has them where its section names an access key",
        arguments: [
            ("[dev]\naws_access_key_id = AKIA\naws_secret_access_key = x\n", ["dev"]),
            ("[dev]\nAWS_ACCESS_KEY_ID=AKIA\n[other]\naws_session_token = x\n", ["dev"]),
            ("[dev]\naws_access_key_id =\n", []), ("[dev]\n# aws_access_key_id = x\n", []),
            ("aws_access_key_id = x\n[dev]\n", []), ("[dev\naws_access_key_id = x\n", []),
            ("[a b]\naws_access_key_id = x\n[default]\n aws_access_key_id = y\n", ["a b", "default"]), ("", []),
        ] as [(String, Set<String>)])
    func profiles(text: String, names: Set<String>) {
        #expect(StaticKeys.profiles(Array(text.utf8)) == names)
    }

    @Test("The line names the profiles and the file, and nothing of the keys")
    func warning() throws {
        #expect(StaticKeys.warning([], path: "/c") == nil)
        let one = try #require(StaticKeys.warning(["dev"], path: "/home/a/.aws/credentials"))
        #expect(one.contains("\"dev\"") && one.contains("/home/a/.aws/credentials"))
        let many = try #require(StaticKeys.warning((1...9).map { "p\($0)" }, path: "/c"))
        #expect(many.contains("\"p5\" and 4 more"))
    }
}
