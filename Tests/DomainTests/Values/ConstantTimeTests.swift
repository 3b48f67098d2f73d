import Domain
import Testing

@Suite struct ConstantTimeTests {
    @Test(
        "two texts are equal when their bytes are",
        arguments: [
            ("", "", true), ("abc", "abc", true), ("abc", "abd", false), ("abc", "bbc", false), ("abc", "ab", false),
            ("ab", "abc", false), ("", "a", false), ("\u{E9}", "e\u{301}", false), ("\u{E9}", "\u{E9}", true),
        ])
    func comparesBytes(left: String, right: String, equal: Bool) {
        #expect(ConstantTime.areEqual(left, right) == equal)
    }
}
