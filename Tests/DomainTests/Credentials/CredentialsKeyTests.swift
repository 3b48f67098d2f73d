import Domain
import Testing

@Suite("The key of cached credentials") struct CredentialsKeyTests {
    /// A key of six free texts and a duration.
    private static func key(_ texts: [String], duration: Int64 = 3600) -> CredentialsKey {
        CredentialsKey(
            issuer: texts[0], clientID: texts[1], roleARN: texts[2], duration: duration,
            endpoints: EndpointVariables {
                switch $0 {
                case "AWS_ENDPOINT_URL_STS": texts[3]
                case "AWS_ENDPOINT_URL": texts[4]
                case "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": texts[5]
                default: nil
                }
            })
    }

    private static let plain = [
        "https://login.example.com", "abc", "arn:aws:iam::123456789012:role/Reader", "", "", "",
    ]

    @Test("The text and the file's name, which two executables must agree on, stay what they are")
    func text() {
        let key = Self.key(Self.plain)
        let text = "https://login.example.com|abc|arn:aws:iam::123456789012:role/Reader|3600||||||"
        #expect(key.text == text)
        #expect(key.fileName == "credentials-" + FNV1a.hexadecimal(text))
        #expect(
            Self.key(["a|b", "c d", "é", "http://localhost:1", "%", "true"], duration: 900).text
                == "a%7Cb|c%20d|%C3%A9|900||||http://localhost:1|%25|true")
    }

    @Test(
        "Keys that differ in one field have other texts, also where the fields look alike",
        arguments: 0..<6,
        [
            ("", "0"), ("", "|"), ("a", "A"), ("a", "a "), ("a", "a/"), ("a|b", "a%7Cb"), ("\u{E9}", "e\u{301}"),
            ("a\n", "a"), ("\u{212A}", "K"),
        ])
    func oneField(field: Int, values: (String, String)) {
        var left = Self.plain
        var right = Self.plain
        left[field] = values.0
        right[field] = values.1
        #expect(!Self.key(left).text.utf8.elementsEqual(Self.key(right).text.utf8))
        #expect(Self.key(left).fileName != Self.key(right).fileName)
    }

    @Test("Another duration is another key")
    func duration() {
        #expect(Self.key(Self.plain, duration: 900).text != Self.key(Self.plain, duration: 9000).text)
    }

    @Test("What moves from one field to its neighbour makes another key")
    func moved() {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<1000 {
            let texts = (0..<6).map { _ in generator.text() }
            let field = Int.random(in: 0..<5, using: &generator)
            var moved = texts
            moved[field] = texts[field] + "|"
            moved[field + 1] = String(texts[field + 1].unicodeScalars.dropFirst())
            var swapped = texts
            swapped.swapAt(field, field + 1)
            for other in [moved, swapped] {
                let isSame = zip(texts, other).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
                #expect(Self.key(texts).text.utf8.elementsEqual(Self.key(other).text.utf8) == isSame)
            }
        }
    }

    @Test("Any key is one word of printable ASCII with ten fields, and equal keys have equal texts")
    func anyText() {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<500 {
            let texts = (0..<6).map { _ in generator.text() }
            let text = Self.key(texts).text
            #expect(text.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            #expect(text.split(separator: "|", omittingEmptySubsequences: false).count == 10)
            #expect(Self.key(texts).text == text)
            #expect(Self.key(texts).fileName.utf8.count == 28)
        }
    }

    @Test("An unset variable is as an empty one; only those three are asked for")
    func variables() {
        var asked: [String] = []
        let none = EndpointVariables {
            asked.append($0)
            return nil
        }
        #expect(asked.sorted() == ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"])
        #expect(none == EndpointVariables { _ in "" })
        let named = EndpointVariables { "<\($0)>" }
        #expect(named.stsEndpoint == "<AWS_ENDPOINT_URL_STS>")
        #expect(named.endpoint == "<AWS_ENDPOINT_URL>")
        #expect(named.ignoreConfigured == "<AWS_IGNORE_CONFIGURED_ENDPOINT_URLS>")
    }
}
