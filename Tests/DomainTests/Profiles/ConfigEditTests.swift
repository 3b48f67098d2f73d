import Domain
import Testing

@Suite("The shared config file, changed")
struct ConfigEditTests {
    private func set(_ text: String, _ profile: String, _ settings: [(String, String)]) throws -> String {
        let settings = try settings.map { try ConfigAssignment($0.0, $0.1) }
        return try applied(text, [.set(profile: profile, settings: settings)])
    }

    private func applied(_ text: String, _ edits: [ConfigEdit]) throws -> String {
        let edited = try ConfigDocument(Array(text.utf8)).applying(edits)
        let again = try edited.applying(edits)
        #expect(again.bytes == edited.bytes, "twice is not once")
        return String(decoding: edited.bytes, as: UTF8.self)
    }

    static let sets: [(String, String)] = [
        // A value takes the old one's place, and nothing else changes.
        ("[profile a]\nregion = x\n", "[profile a]\nregion = N\n"),
        ("[profile a]\nREGION=x", "[profile a]\nREGION=N"),
        ("# a\n[profile a]\r\n\tregion\t=\tx  \r\n# z", "# a\n[profile a]\r\n\tregion\t=\tN\r\n# z"),
        ("[profile a]\nregion =\noutput=\n", "[profile a]\nregion = N\noutput=\n"),
        ("[profile a]\nregion=\n", "[profile a]\nregion=N\n"),
        ("[profile a]\nregion: x\n", "[profile a]\nregion: N\n"),
        ("[profile a]\nregion = N\n", "[profile a]\nregion = N\n"),
        ("[profile a]\nregion = N # c\n", "[profile a]\nregion = N # c\n"),
        ("[profile a]\n  region = x # c\n", "[profile a]\n  # c\n  region = N\n"),
        ("[profile a]\nregion = x ; c", "[profile a]\n; c\nregion = N"),
        ("[profile a]\nregion = x\n  y\n\n  # c\n  z\no=1\n", "[profile a]\nregion = N\n\n  # c\no=1\n"),
        ("[profile a]\nregion =\n  y = 1\n  z = 2", "[profile a]\nregion = N"),
        ("[profile a]\nregion=x\nregion=y\n", "[profile a]\nregion=x\nregion=N\n"),
        (
            "[profile a]\nregion=x\n[profile b]\n[profile a]\no=1\n",
            "[profile a]\nregion=N\n[profile b]\n[profile a]\no=1\n"
        ),
        // One that isn't there goes behind the last.
        ("[profile a]\n", "[profile a]\nregion = N\n"),
        ("[profile a]", "[profile a]\nregion = N\n"),
        (
            "[profile a]\r\no=1\r\n\r\n# b\r\n[profile b]\r\n",
            "[profile a]\r\no=1\r\nregion = N\r\n\r\n# b\r\n[profile b]\r\n"
        ),
        ("[profile a]\r\no=1", "[profile a]\r\no=1\r\nregion = N\r\n"),
        ("[profile a]\n\to=1\n\t\tmore\n# c\n", "[profile a]\n\to=1\n\t\tmore\n\tregion = N\n# c\n"),
        ("[profile a]\n  [profile b]\n  o=1\n", "[profile a]\n  region = N\n  [profile b]\n  o=1\n"),
        ("[default]\n[profile a]\n[profile a]\n", "[default]\n[profile a]\n[profile a]\nregion = N\n"),
        // A new profile goes to the end.
        ("", "[profile a]\nregion = N\n"),
        ("\u{FEFF}", "\u{FEFF}[profile a]\nregion = N\n"),
        ("[a]\nregion=x\n", "[a]\nregion=x\n\n[profile a]\nregion = N\n"),
        ("[default]\r\no=1", "[default]\r\no=1\r\n\r\n[profile a]\r\nregion = N\r\n"),
        ("# c\n\n", "# c\n\n[profile a]\nregion = N\n"),
        ("# c\n \t\n", "# c\n \t\n[profile a]\nregion = N\n"),
        ("[profile b]\rx=1\r", "[profile b]\rx=1\r\r[profile a]\rregion = N\r"),
    ]

    @Test("A setting is set, and every other byte stays", arguments: sets)
    func setting(text: String, expected: String) throws {
        #expect(try set(text, "a", [("region", "N")]) == expected)
    }

    @Test("Of `[default]` and `[profile default]` the one that counts is changed; a new one is `[default]`")
    func defaults() throws {
        #expect(
            try set("[default]\nx=1\n[profile default]\nx=2\n", "default", [("x", "3")])
                == "[default]\nx=1\n[profile default]\nx=3\n")
        #expect(try set("", "default", [("x", "3")]) == "[default]\nx = 3\n")
    }

    @Test("Several settings keep their order, and of one that is given twice the last counts")
    func order() throws {
        #expect(
            try set("[profile a]\nb = 1\n", "a", [("c", "1"), ("B", "2"), ("a", "3"), ("C", "4")])
                == "[profile a]\nb = 2\nC = 4\na = 3\n")
        let edits: [ConfigEdit] = [
            .set(profile: "b", settings: [try ConfigAssignment("x", "1")]),
            .remove(profile: "a"),
            .set(profile: "c", settings: [try ConfigAssignment("x", "2")]),
            .set(profile: "b", settings: [try ConfigAssignment("y", "3")]),
        ]
        #expect(
            try applied("[profile b]\n[profile a]\nx=1", edits) == "[profile b]\nx = 1\ny = 3\n\n[profile c]\nx = 2\n")
    }

    static let removals: [(String, String)] = [
        ("[profile a]\nx=1\n", ""),
        ("\u{FEFF}[profile a]\nx=1\n[profile b]", "\u{FEFF}[profile b]"),
        ("[profile b]\n\n[profile a]\nx=1\n y\n\n[profile c]\n", "[profile b]\n\n[profile c]\n"),
        ("# mine\n[profile a]\nx=1\n# c\n[profile c]\n", "# mine\n# c\n[profile c]\n"),
        ("[profile a]\n#in\nx=1\n# own\n\n# c\n[profile c]\n", "# c\n[profile c]\n"),
        ("[profile b]\r\ny=1\r\n[profile a]\r\nx=1\r\n# own", "[profile b]\r\ny=1\r\n"),
        ("[profile a]\n[profile b]\n[profile \"a\"]\nx=1\n", "[profile b]\n"),
        ("[profile b]\n", "[profile b]\n"),
    ]

    @Test("A profile is removed with its own lines, and every other byte stays", arguments: removals)
    func removing(text: String, expected: String) throws {
        #expect(try applied(text, [.remove(profile: "a")]) == expected)
    }

    @Test(
        "A value that the SDKs would not read back is refused",
        arguments: [
            "a\nb", "a\r", "\u{0}", " a", "a ", "a #b", "a ;b", "#b", "a\u{A0}b", "a\u{2028}[x]", "\t", "a\u{85}",
        ])
    func values(value: String) {
        #expect(throws: ConfigEditError.self) { try ConfigAssignment("key", value) }
    }

    @Test("Anything else is a value", arguments: ["", "a", "a#b;c", "ä 中", "a = b", "[x]", "'a  b'", "\\"])
    func soundValues(value: String) throws {
        let text = try set("[profile b]\n[profile a]\nk = 1 # c\n", "a", [("k", value), ("l", value)])
        let profile = try #require(try ConfigDocument(Array(text.utf8)).profile(named: "a"))
        #expect(profile.setting("k")?.value == value)
        #expect(profile.setting("l")?.value == value)
    }

    @Test(
        "A key or a new profile's name that not every SDK reads is refused",
        arguments: ["", "a b", "ä", "a]", "a\n", "a=b", "\"a\"", "#a"])
    func names(name: String) throws {
        #expect(throws: ConfigEditError.key(name)) { try ConfigAssignment(name, "v") }
        #expect(throws: ConfigEditError.profile(name)) {
            try ConfigDocument.empty.applying([.set(profile: name, settings: [])])
        }
    }

    @Test("A profile can't be both written and removed, in either order")
    func contradiction() {
        let edits: [ConfigEdit] = [.set(profile: "a", settings: []), .remove(profile: "a")]
        #expect(throws: ConfigEditError.contradiction("a")) { try ConfigDocument.empty.applying(edits) }
        #expect(throws: ConfigEditError.contradiction("a")) { try ConfigDocument.empty.applying(edits.reversed()) }
    }

    @Test("A removal that would draw an indented section into the value above it is refused")
    func indentation() throws {
        let document = try ConfigDocument(Array("[profile b]\nx=1\n[profile a]\n  [profile c]\n".utf8))
        let error = ConfigEditError.indentation(line: 3)
        #expect(throws: error) { try document.applying([.remove(profile: "a")]) }
        #expect("\(error)".contains("line 3"))
    }
}
