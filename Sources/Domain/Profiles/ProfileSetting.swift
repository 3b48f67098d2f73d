/// Some settings of one profile in AWS's shared config file, for a process that wants nothing else of it.
///
/// A line that is none of the file format's is passed over, since this is only a look-up: whoever shows or writes the
/// file reads a `ConfigDocument`.
package enum ProfileSetting {
    /// The value of a key in a profile, the last one where it stands twice.
    ///
    /// nil where it is not set, empty, or several lines long.
    package static func value(of key: String, inProfile profile: String, _ bytes: [UInt8]) -> String? {
        values(of: [key], inProfile: profile, bytes)[key]
    }

    /// The values of some keys in a profile, found in one go: of those that `value` would find one for.
    package static func values(of keys: [String], inProfile profile: String, _ bytes: [UInt8]) -> [String: String] {
        let wanted = keys.map { $0.utf8.map(ConfigByte.lowercased) }
        var found = [Range<Int>?](repeating: nil, count: keys.count)
        var (hasPrefixed, isInProfile) = (false, false)
        // The key whose value the last line has.
        var open: Int?
        for line in ConfigLines(bytes) {
            switch line.kind {
            case .blank, .comment: continue
            case .header(let name):
                let section = ConfigSection(line, header: name, bytes, settings: 0)
                isInProfile = section.kind == .profile && section.name.elementsEqual(profile.utf8)
                open = nil
                // `[profile default]` hides `[default]`, before it and after it.
                if isInProfile, section.isPrefixed, !hasPrefixed {
                    (found, hasPrefixed) = (found.map { _ in nil }, true)
                }
                if hasPrefixed, !section.isPrefixed { isInProfile = false }
            case .setting(let name, let value):
                open =
                    isInProfile
                    ? wanted.firstIndex { bytes[name].elementsEqual($0) { ConfigByte.lowercased($0) == $1 } } : nil
                if let open { found[open] = value }
            case .continuation:
                if let open { found[open] = nil }
            case .malformed(.headerWithoutEnd, _), .malformed(.headerWithoutName, _):
                (isInProfile, open) = (false, nil)
            case .malformed: open = nil
            }
        }
        var values: [String: String] = [:]
        for (key, place) in zip(keys, found) {
            guard let place, !place.isEmpty else { continue }
            values[key] = String(decoding: bytes[place], as: UTF8.self)
        }
        return values
    }

    /// The profile that a process uses: `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`.
    package static func profile(_ variable: (String) -> String?) -> String {
        for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            if let profile = variable(name), !profile.isEmpty { return profile }
        }
        return "default"
    }
}
