import Domain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// aws-oidc-config-probe [PROFILE KEY VALUE]: for each path on standard input a line of JSON with what we read in that
// config file, so that tests can compare it with what other readers find. With arguments it sets that before, and
// writes the result beside the file, with .edited behind its name.

/// What was found in a file.
struct Reading: Encodable {
    var profiles: [String: [String: Value]]?
    var error: String?

    /// A text, or settings nested below a key.
    enum Value: Encodable {
        case text(String)
        case nested([String: String])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .nested(let settings): try container.encode(settings)
            }
        }
    }
}

/// The settings below a key without a value of its own, such as `s3`, as botocore takes them apart; none for any other.
func nestedSettings(_ value: String) -> [(key: String, value: String)] {
    guard value.utf8.first == UInt8(ascii: "\n") else { return [] }
    return value.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let text = { (part: Substring.UTF8View) in String(decoding: Array(trimmed(part)), as: UTF8.self) }
        return (text(line[..<equals]), text(line[line.index(after: equals)...]))
    }
}

/// Without the blanks at both ends.
func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    let isBlank = { (byte: UInt8) in [0x20, 0x09, 0x0B, 0x0C].contains(byte) }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text = text.dropLast() }
    return text
}

func reading(_ document: ConfigDocument) -> [String: [String: Reading.Value]] {
    var profiles: [String: [String: Reading.Value]] = [:]
    for profile in document.profiles {
        var settings: [String: Reading.Value] = [:]
        for setting in profile.settings {
            let nested = nestedSettings(setting.value)
            settings[setting.key.lowercased()] =
                nested.isEmpty
                ? .text(setting.value)
                : .nested(Dictionary(nested.map { ($0.key, $0.value) }) { $1 })
        }
        profiles[profile.name] = settings
    }
    return profiles
}

let change = CommandLine.arguments.dropFirst()
let encoder = JSONEncoder()
encoder.outputFormatting = .sortedKeys
while let path = readLine() {
    var found = Reading()
    do {
        var document = try ConfigDocument([UInt8](Data(contentsOf: URL(filePath: path))))
        if change.count == 3 {
            let setting = try ConfigAssignment(change[2], change[3])
            document = try document.applying([.set(profile: change[1], settings: [setting])])
            try Data(document.bytes).write(to: URL(filePath: path + ".edited"))
        }
        found.profiles = reading(document)
    } catch {
        found.error = "\(error)"
    }
    print(String(decoding: try encoder.encode(found), as: UTF8.self))
}
