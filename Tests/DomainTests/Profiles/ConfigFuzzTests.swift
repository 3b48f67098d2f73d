import Domain
import Testing

/// Texts out of the pieces that the file format trips over, and what must hold for each.
@Suite("The shared config file, fuzzed")
struct ConfigFuzzTests {
    private static let pieces: [[UInt8]] =
        [
            "[profile a]", "[profile b]", "[default]", "[profile default]", "[sso-session s]", "[profile \"a b\"]",
            "[x]",
            "region = x", "Region=y", "s3 =", "  k = v", "\tmore", "# c", " ; c", "key = v # c",
            "credential_process = z",
            " ", "\t", "\n", "\n\n", "\r\n", "\r", "=", ":", "[", "]", "#", ";", "\"", "'", "\\", "\u{FEFF}", "\u{0}",
            "ä",
            "\u{2028}", "\u{B}", "  [profile c]",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3]]

    /// A text that mostly parses: pieces, mostly a line each, with bytes changed now and then.
    private static func text(_ random: inout SeededGenerator) -> [UInt8] {
        var text: [UInt8] = []
        let ends: [[UInt8]] = [[0x0A], [0x0A], [0x0D, 0x0A], [0x0D], []]
        if Bool.random(using: &random) { text += Array("[default]\n".utf8) }
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            text += pieces.randomElement(using: &random) ?? []
            if Int.random(in: 0..<8, using: &random) != 0 { text += ends.randomElement(using: &random) ?? [] }
        }
        if !text.isEmpty, Int.random(in: 0..<8, using: &random) == 0 {
            text[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        return text
    }

    /// What the file says of every profile but one.
    private static func meaning(_ document: ConfigDocument, without name: String) -> [String: [String]] {
        var meaning: [String: [String]] = [:]
        for profile in document.profiles where profile.name != name {
            meaning[profile.name] = profile.settings.map { "\($0.key)=\($0.value)" }
        }
        return meaning
    }

    /// Whether the one can be made of the other by taking bytes out.
    private static func isWithin(_ part: [UInt8], _ whole: [UInt8]) -> Bool {
        var rest = whole[...]
        for byte in part {
            guard let place = rest.firstIndex(of: byte) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    @Test("Whatever parses is written back byte for byte, and an edit changes one profile only", arguments: 0..<8)
    func edits(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var (parsed, edited, removed) = (0, 0, 0)
        for _ in 0..<1_000 {
            let text = Self.text(&random)
            guard let document = try? ConfigDocument(text) else { continue }
            parsed += 1
            #expect(document.bytes == text)
            let name = ["a", "b", "default", "new"].randomElement(using: &random) ?? "a"
            let key = ["region", "s3", "key", "other"].randomElement(using: &random) ?? "region"
            let edit = ConfigEdit.set(profile: name, settings: [try ConfigAssignment(key, "N")])
            if let result = try? document.applying([edit]) {
                edited += 1
                #expect(result.profile(named: name)?.value(key) == "N", "\(text)")
                #expect(Self.meaning(result, without: name) == Self.meaning(document, without: name), "\(text)")
                #expect(try result.applying([edit]).bytes == result.bytes, "\(text)")
                if document.profile(named: name)?.setting(key) == nil {
                    #expect(Self.isWithin(text, result.bytes), "\(text)")
                }
                // What is added is what is taken away again, but for blank lines.
                if document.profile(named: name) == nil {
                    #expect(result.bytes.starts(with: text))
                    let back = try result.applying([.remove(profile: name)])
                    #expect(back.bytes.starts(with: text) && back.bytes.count - text.count <= 4, "\(text)")
                }
            }
            if let result = try? document.applying([.remove(profile: name)]) {
                removed += 1
                #expect(result.profile(named: name) == nil, "\(text)")
                #expect(Self.meaning(result, without: name) == Self.meaning(document, without: name), "\(text)")
                #expect(Self.isWithin(result.bytes, text), "\(text)")
            }
        }
        // The test would say nothing if hardly anything parsed.
        #expect(parsed > 100 && edited > 90 && removed > 90, "\(parsed) \(edited) \(removed)")
    }

    @Test("The look-up of one setting finds what the document finds", arguments: 0..<4)
    func lookUp(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 100)
        for _ in 0..<1_000 {
            let text = Self.text(&random)
            for name in ["a", "default", "a b"] {
                let found = ProfileSetting.value(of: "region", inProfile: name, text)
                guard let document = try? ConfigDocument(text) else { continue }
                let value = document.profile(named: name)?.value("region")
                #expect(found == (value?.contains("\n") == true ? nil : value), "\(text)")
            }
        }
    }

    @Test("Any bytes are read or refused, at a place within them", arguments: 0..<4)
    func anyBytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed + 200)
        for _ in 0..<2_000 {
            let bytes = random.bytes(upTo: 60)
            do throws(ConfigSyntaxError) {
                #expect(try ConfigDocument(bytes).bytes == bytes)
            } catch {
                #expect(error.line >= 1 && error.line <= bytes.count && error.column >= 1)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? CredentialProcess(text)
            _ = try? CredentialProcess("sh -c '\(text)' aws-oidc \"\(text)\" creds-process")
        }
    }

    /// With a cost that grows with the square, each of these would take minutes.
    @Test(
        "Much of one piece takes no time worth naming",
        arguments: [
            "[", "]", "[]", "] #", "[a]", "\"", "\\", "=", "#", " ", "\n", "\r", "a", "a\n", "[a\n", "\n #", "\n x",
            " #",
        ])
    func linear(piece: String) throws {
        let pieces = String(repeating: piece, count: (1 << 17) / piece.utf8.count)
        for before in ["", "[", "[profile a]\nx = ", "[profile a]\nx =\n  k = v", "[profile \""] {
            let bytes = Array((before + pieces).utf8)
            _ = ProfileSetting.value(of: "x", inProfile: "a", bytes)
            guard let document = try? ConfigDocument(bytes) else { continue }
            _ = document.profiles.map { $0.settings.map(\.value.utf8.count) }
            _ = try? document.applying([.set(profile: "a", settings: [try ConfigAssignment("x", "1")])])
            _ = try? document.applying([.remove(profile: "a")])
        }
        _ = try? CredentialProcess(pieces)
    }
}
