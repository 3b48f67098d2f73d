extension ConfigDocument {
    /// Why botocore refuses the whole file, in words that follow "…: "; nil where it does not.
    ///
    /// Its parser (Python's `configparser`) takes UTF-8 only, and no section and no key twice; the SDKs' guide merges both.
    package var strictObjection: String? {
        if bytes.starts(with: ConfigByte.byteOrderMark) { return "it begins with a byte order mark" }
        if String(validating: bytes, as: UTF8.self) == nil { return "it is not UTF-8" }
        var known = [NameBytes: Int](minimumCapacity: sections.count)
        for section in sections {
            let header = NameBytes(headerText(section))
            if let line = known[header] {
                return "its line \(section.line) begins a section that line \(line) has begun"
            }
            known[header] = section.line
            let keys = settings[section.settings]
            for (index, place) in zip(keys.indices, keys) {
                let first = keys[..<index].first {
                    bytes[$0.key].elementsEqual(bytes[place.key]) {
                        ConfigByte.lowercased($0) == ConfigByte.lowercased($1)
                    }
                }
                if let first { return "its line \(place.line) sets what line \(first.line) has set" }
            }
        }
        return nil
    }

    /// A section's header up to its line's last bracket, as botocore reads it.
    private func headerText(_ section: ConfigSection) -> ArraySlice<UInt8> {
        let line = bytes[ConfigLines.line(bytes, at: section.start).content]
        return line[...(line.lastIndex(of: UInt8(ascii: "]")) ?? line.endIndex - 1)]
    }
}
