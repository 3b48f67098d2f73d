import Domain
import Testing

@Suite("What botocore refuses a config file for")
struct ConfigStrictnessTests {
    @Test(
        "A byte order mark, bytes that are no UTF-8, and what stands there twice; nothing else",
        arguments: [
            (Array("[profile a]\nx = 1\n[profile b]\nx = 1\n[profile \"a\"]\n".utf8), nil),
            (Array("\u{FEFF}[profile a]\n".utf8), "it begins with a byte order mark"),
            (Array("[profile a]\n# ".utf8) + [0xE4], "it is not UTF-8"),
            (
                Array("[profile a]\nx = 1\n[other]\n[profile a] # again\n".utf8),
                "its line 4 begins a section that line 1 has begun"
            ),
            (Array("[other]\nx = 1\n\nX : 2\n".utf8), "its line 4 sets what line 2 has set"),
        ] as [([UInt8], String?)])
    func objections(bytes: [UInt8], expected: String?) throws {
        #expect(try ConfigDocument(bytes).strictObjection == expected)
    }
}
