import Domain
import Testing

@Suite("The choice of a token cache")
struct TokenCacheChoiceTests {
    @Test(
        "A store's name, and a whole path for the database, are understood",
        arguments: [
            ("file", TokenCacheChoice.file), ("sqlite", .sqlite(path: nil)),
            ("sqlite:/var/lib/me/t.db", .sqlite(path: "/var/lib/me/t.db")), ("sqlite:~/t.db", .sqlite(path: "~/t.db")),
            ("sqlite:/a:b", .sqlite(path: "/a:b")),
        ])
    func understood(text: String, choice: TokenCacheChoice) {
        #expect(TokenCacheChoice(text) == choice)
    }

    @Test(
        "Anything else is not",
        arguments: ["", "File", "sqlite:", "sqlite:t.db", "sqlite:~", "sqlite:/a/", "sqlite /a", "file:/a", "nfs"])
    func notUnderstood(text: String) {
        #expect(TokenCacheChoice(text) == nil)
    }
}
