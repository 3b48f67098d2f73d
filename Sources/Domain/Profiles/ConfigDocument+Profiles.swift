extension ConfigDocument {
    /// The profile of this name, case and all; nil where there is none.
    ///
    /// Sections of one name are one profile. `[profile default]` hides `[default]`.
    package func profile(named name: String) -> ConfigProfile? {
        let found = sections.indices.filter {
            sections[$0].kind == .profile && sections[$0].name.elementsEqual(name.utf8)
        }
        return profile(found)
    }

    /// Every profile, in the order of its first section.
    package var profiles: [ConfigProfile] {
        sectionsByProfile.compactMap(profile)
    }

    /// The sections of each profile, in the order of its first; those that are hidden too.
    var sectionsByProfile: [[Int]] {
        var places = [NameBytes: Int](minimumCapacity: sections.count)
        var found: [[Int]] = []
        for (index, section) in sections.enumerated() where section.kind == .profile {
            let place = places[NameBytes(section.name), default: found.count]
            if place == found.count {
                places[NameBytes(section.name)] = place
                found.append([index])
            } else {
                found[place].append(index)
            }
        }
        return found
    }

    /// The profile that these sections make.
    func profile(_ found: [Int]) -> ConfigProfile? {
        let prefixed = found.count == 1 ? found : found.filter { sections[$0].isPrefixed }
        return ConfigProfile(document: self, sections: prefixed.isEmpty ? found : prefixed)
    }

    /// The value's text as botocore puts it together: a line's text a line, blank lines within included, comments left out.
    func text(of place: SettingPlace) -> String {
        guard place.end > place.lineEnd else { return String(decoding: bytes[place.value], as: UTF8.self) }
        var text = Array(bytes[place.value])
        forEachLine(place.lineEnd..<place.end) { content, _ in
            if let first = content.first, ConfigByte.opensComment(bytes[first]) { return }
            text.append(ConfigByte.lineFeed)
            text += bytes[content]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Visits the lines of a range that begins and ends between lines, with where the next one begins.
    func forEachLine(_ range: Range<Int>, _ visit: (_ content: Range<Int>, _ line: Range<Int>) -> Void) {
        var position = range.lowerBound
        while position < range.upperBound {
            let (content, end) = ConfigLines.line(bytes, at: position)
            visit(content, position..<end)
            position = end
        }
    }
}

/// A name as it stands in the file, which may be no UTF-8; hashed in one go, as a slice by itself is not.
struct NameBytes: Hashable {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}
