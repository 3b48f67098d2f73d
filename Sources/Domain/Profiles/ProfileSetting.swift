/// One setting of one profile in AWS's shared config file, for a process that wants nothing else of it.
///
/// A line that is none of the file format's is passed over, since this is only a look-up: whoever shows or writes the
/// file reads a `ConfigDocument`.
package enum ProfileSetting {
    /// The value of a key in a profile, the last one where it stands twice.
    ///
    /// nil where it is not set, empty, or several lines long.
    package static func value(of key: String, inProfile profile: String, _ bytes: [UInt8]) -> String? {
        let key = key.utf8.map(ConfigByte.lowercased)
        var found: Range<Int>?
        var (hasPrefixed, isInProfile, isOpen) = (false, false, false)
        for line in ConfigLines(bytes) {
            switch line.kind {
            case .blank, .comment: continue
            case .header(let name):
                let section = ConfigSection(line, header: name, bytes, settings: 0)
                isInProfile = section.kind == .profile && section.name.elementsEqual(profile.utf8)
                isOpen = false
                // `[profile default]` hides `[default]`, before it and after it.
                if isInProfile, section.isPrefixed, !hasPrefixed { (found, hasPrefixed) = (nil, true) }
                if hasPrefixed, !section.isPrefixed { isInProfile = false }
            case .setting(let name, let value):
                isOpen = isInProfile && bytes[name].elementsEqual(key) { ConfigByte.lowercased($0) == $1 }
                if isOpen { found = value }
            case .continuation:
                if isOpen { found = nil }
            case .malformed(.headerWithoutEnd, _), .malformed(.headerWithoutName, _):
                (isInProfile, isOpen) = (false, false)
            case .malformed: isOpen = false
            }
        }
        return found.flatMap { $0.isEmpty ? nil : String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// The profile that a process uses: `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`.
    package static func profile(_ variable: (String) -> String?) -> String {
        for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            if let profile = variable(name), !profile.isEmpty { return profile }
        }
        return "default"
    }
}
