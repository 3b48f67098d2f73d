/// One setting of one profile in the text of AWS's shared config file.
///
/// Rules: AWS SDKs and Tools Reference Guide, "Shared config and credentials files". What does not belong to them is passed
/// over here, since this is only a look-up: whoever writes the file has to be stricter.
package enum ProfileSetting {
    /// The value of a key in a profile, the last one where it stands twice; nil where it is not set.
    package static func value(of key: String, inProfile profile: String, _ text: String) -> String? {
        var found: [Bool: String] = [:]
        var section: Section?
        for line in text.split(whereSeparator: \.isNewline) {
            // An indented line continues the value before it, or nests below it: neither is a key of the profile.
            guard let first = line.first, first != " ", first != "\t" else { continue }
            if first == "[" {
                section = Section(line)
            } else if let section, section.profile == profile, let setting = Self.setting(line),
                setting.key == key.lowercased()
            {
                found[section.isPrefixed] = setting.value
            }
        }
        // `[profile default]` hides `[default]`.
        let value = found[true] ?? found[false]
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The profile that a process uses: `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`.
    package static func profile(_ variable: (String) -> String?) -> String {
        for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            if let profile = variable(name), !profile.isEmpty { return profile }
        }
        return "default"
    }

    private struct Section {
        let profile: String
        let isPrefixed: Bool

        /// Takes the name out of `[profile name]` or `[default]`; nil for any other section.
        init?(_ line: Substring) {
            guard let end = line.firstIndex(of: "]") else { return nil }
            let words = line[line.index(after: line.startIndex)..<end].split { $0 == " " || $0 == "\t" }
            switch words.count {
            case 1 where words[0] == "default": (profile, isPrefixed) = ("default", false)
            case 2 where words[0] == "profile": (profile, isPrefixed) = (String(words[1]), true)
            default: return nil
            }
        }
    }

    private static func setting(_ line: Substring) -> (key: String, value: String)? {
        guard line.first != "#", line.first != ";", let equals = line.firstIndex(of: "=") else { return nil }
        return (trimmed(line[..<equals]).lowercased(), withoutComment(trimmed(line[line.index(after: equals)...])))
    }

    /// Within a line a comment begins at a `#` or `;` after white space.
    private static func withoutComment(_ value: Substring) -> String {
        var before: Character = " "
        for index in value.indices {
            if "#;".contains(value[index]), before == " " || before == "\t" { return String(trimmed(value[..<index])) }
            before = value[index]
        }
        return String(value)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let end = text.lastIndex(where: { !isBlank($0) }) else { return "" }
        return text[...end].drop(while: isBlank)
    }
}
