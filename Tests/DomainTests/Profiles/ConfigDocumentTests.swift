import Domain
import Testing

@Suite("The shared config file, read")
struct ConfigDocumentTests {
    /// The profiles of a text: `name: key=value | key=value`.
    private func profiles(_ text: String) throws -> [String] {
        try ConfigDocument(Array(text.utf8)).profiles.map { profile in
            "\(profile.name): " + profile.settings.map { "\($0.key)=\($0.value)" }.joined(separator: " | ")
        }
    }

    static let texts: [(String, [String])] = [
        ("", []),
        ("# nothing\n\n ; at all", []),
        ("[default]\nregion = eu-west-1\n", ["default: region=eu-west-1"]),
        ("[profile a]\nx=1\n[profile b]\ny = 2", ["a: x=1", "b: y=2"]),
        ("\u{FEFF}[profile a]\nx=1\n", ["a: x=1"]),
        ("[profile a]\r\nx = 1\r\n\r\n[profile b]\r\ny=2", ["a: x=1", "b: y=2"]),
        ("[profile a]\rx=1\r", ["a: x=1"]),
        ("[profile\ta]\n\tx\t=\t1\t\n", ["a: x=1"]),
        ("[profile \"a b\"]\nx=1\n[profile 'c']\n[profile d\\ e]\n", ["a b: x=1", "c: ", "d e: "]),
        ("[ profile  a ]\nx=1\n[ default ]\ny=2\n", ["a: x=1", "default: y=2"]),
        ("[profile a] # here\nx=1\n[profile b];x]\n", ["a: x=1", "b: "]),
        ("[profile a]b]\n[profile c] trailing\n", ["a]b: ", "c: "]),
        ("[a]\nx=1\n[profile]\n[profile a b]\n[profiles a]\n[sso-session s]\n[services t]\n[profile \"]\n", []),
        (
            "[profile a]\nx = 1 # c\ny = 2#c\nz = #\nw =#w\nv = 1 ;c\nu = a=b:c\n",
            ["a: x=1 | y=2#c | z= | w=#w | v=1 | u=a=b:c"]
        ),
        ("[profile a]\nx=1\n[profile b]\n[profile a]\nx=2\n", ["a: x=1 | x=2", "b: "]),
        ("[default]\nx=1\n[profile default]\nx=2\n", ["default: x=2"]),
        ("[profile default]\nx=2\n[default]\nx=1\n", ["default: x=2"]),
        ("[profile a]\nx = one\n  two # kept\n\n  # gone\n  three\n\ny=2\n", ["a: x=one\ntwo # kept\n\nthree | y=2"]),
        ("[profile a]\n  x=1\n  y=2\nz=3\n w=4\n", ["a: x=1 | y=2 | z=3\nw=4"]),
        ("[profile a]\nx=1\n  [profile b]\n", ["a: x=1\n[profile b]"]),
        ("  [profile a]\n  x=1\n[profile b]\n y=1\n", ["a: x=1", "b: y=1"]),
        ("[profile a]\nregion: x\nx:y=2\n", ["a: region=x | x=y=2"]),
        ("[profile a]\nx=\ny =\n", ["a: x= | y="]),
        ("[profile ä🙂]\nx=中\n", ["ä🙂: x=中"]),
        ("[profile a]\n\"k\"='v'\n", ["a: \"k\"='v'"]),
    ]

    @Test("Profiles and values are found by the SDKs' rules", arguments: texts)
    func values(text: String, expected: [String]) throws {
        #expect(try profiles(text) == expected)
    }

    @Test("A setting is found in any case, the last one where it stands twice")
    func settings() throws {
        let text = "\n[profile a]\nRegion = x\n[profile b]\nregion = z\n[profile a]\nREGION = y\noutput =\n"
        let profile = try #require(try ConfigDocument(Array(text.utf8)).profile(named: "a"))
        #expect(profile.line == 2)
        #expect(profile.setting("region")?.value == "y")
        #expect(profile.setting("region")?.line == 7)
        #expect(profile.setting("region")?.key == "REGION")
        #expect(profile.setting("output")?.value == "")
        #expect(profile.value("output") == nil)
        #expect(profile.setting("s3") == nil)
        #expect(try ConfigDocument(Array(text.utf8)).profile(named: "A") == nil)
    }

    @Test("Settings nested below a key are its value, and are none of the profile")
    func nested() throws {
        let text = "[profile a]\ns3 =\n  max = 1\n\n  # c\n  Style = a=b # c\nregion = r\n"
        let profile = try #require(try ConfigDocument(Array(text.utf8)).profile(named: "a"))
        #expect(profile.setting("s3")?.value == "\nmax = 1\n\nStyle = a=b # c")
        #expect(profile.setting("max") == nil)
        #expect(profile.setting("region")?.value == "r")
    }

    @Test("Bytes that are no UTF-8 are kept, and read as replacement characters")
    func invalid() throws {
        let bytes = Array("[profile a]\nx=".utf8) + [0xFF, 0xFE] + Array("\ny=1\n".utf8)
        let document = try ConfigDocument(bytes)
        #expect(document.bytes == bytes)
        #expect(document.profile(named: "a")?.value("x") == "\u{FFFD}\u{FFFD}")
        #expect(document.profile(named: "a")?.value("y") == "1")
    }

    static let wrong: [(String, ConfigSyntaxError)] = [
        ("region = x\n", ConfigSyntaxError(line: 1, column: 1, fault: .outsideSection)),
        ("\u{FEFF}# c\n  x\n", ConfigSyntaxError(line: 2, column: 3, fault: .outsideSection)),
        ("[profile a]\r\n\r\nfoo bar\r\n", ConfigSyntaxError(line: 3, column: 8, fault: .settingWithoutEquals)),
        ("[default]\näöü", ConfigSyntaxError(line: 2, column: 4, fault: .settingWithoutEquals)),
        ("[default]\n = x\n", ConfigSyntaxError(line: 2, column: 2, fault: .settingWithoutKey)),
        ("[default]\n[profile a\n", ConfigSyntaxError(line: 2, column: 11, fault: .headerWithoutEnd)),
        ("[default]\n[ ]\n", ConfigSyntaxError(line: 2, column: 3, fault: .headerWithoutName)),
        ("[default]\ns3 =\n  a=b\n  c\n", ConfigSyntaxError(line: 4, column: 3, fault: .nestedWithoutEquals)),
    ]

    @Test("What is no config file is refused, with its place and what to do", arguments: wrong)
    func errors(text: String, error: ConfigSyntaxError) {
        #expect(throws: error) { try ConfigDocument(Array(text.utf8)) }
        #expect("\(error)".hasPrefix("line \(error.line), column \(error.column): "))
        #expect("\(error)".hasSuffix("."))
    }
}
