import Domain
import Testing

@Suite("FNV-1a") struct FNV1aTests {
    @Test(
        "The published vectors",
        arguments: [
            ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("b", "af63df4c8601f1a5"),
            ("foobar", "85944171f73967e8"), ("chongo was here!\n", "46810940eff5f915"),
        ])
    func vectors(text: String, hash: String) {
        #expect(FNV1a.hexadecimal(text) == hash)
    }

    @Test("A hash has sixteen digits always, and differs where one byte does")
    func digits() {
        var seen: Set<String> = []
        for number in 0..<20000 {
            let hash = FNV1a.hexadecimal(String(number))
            #expect(hash.utf8.count == 16)
            seen.insert(hash)
        }
        #expect(seen.contains { $0.hasPrefix("0") })
        #expect(seen.count == 20000)
    }

    @Test("Texts that look the same but have other bytes hash apart")
    func bytes() {
        #expect(FNV1a.hexadecimal("\u{E9}") != FNV1a.hexadecimal("e\u{301}"))
    }
}
