import Domain
import Testing

@Suite struct ClientIDTests {
    @Test(
        "a client id is kept to the letter",
        arguments: ["0oa1b2c3", "https://app.example.com/x", "a", "{id}", String(repeating: "x", count: 255)])
    func accepts(text: String) throws {
        #expect(try ClientID(text).text == text)
    }

    @Test(
        "what would break an address, a cache key or a config line is no client id",
        arguments: [
            "", " ", "a b", "a\nb", "a\tb", "a\"b", "a'b", "a`b", "a\\b", "ü", "a\u{7F}", "a\0",
            String(repeating: "x", count: 256),
        ])
    func refuses(text: String) {
        #expect(throws: InvalidClientID.self) { try ClientID(text) }
    }

    @Test("the refusal names the flag, and stays on one line")
    func explains() {
        let error = #expect(throws: InvalidClientID.self) { try ClientID("a\nb") }
        #expect(error?.description.contains("--client-id") == true)
        #expect(error?.description.contains("\n") == false)
    }
}
