/// A profile of the shared config file: what all of its sections say.
package struct ConfigProfile: Sendable {
    let document: ConfigDocument
    /// Its sections in the order of the file, at least one.
    let sections: [Int]
    /// The name, without quotes.
    package let name: String
    /// The line of its first header, 1 for the first line.
    package let line: Int

    init?(document: ConfigDocument, sections: [Int]) {
        guard let first = sections.first.map({ document.sections[$0] }) else { return nil }
        self.document = document
        self.sections = sections
        name = String(decoding: first.name, as: UTF8.self)
        line = first.line
    }

    /// Its settings as they stand in the file, those that a later one overrules included.
    package var settings: [ConfigSetting] { places.map { ConfigSetting(document, $0) } }

    /// The setting of this key in any case, the last one where it stands twice; nil where it is not set.
    package func setting(_ key: String) -> ConfigSetting? {
        place(of: key.utf8).map { ConfigSetting(document, $0) }
    }

    /// The setting's value; nil where it is not set, or empty.
    package func value(_ key: String) -> String? {
        guard let place = place(of: key.utf8) else { return nil }
        let value = document.text(of: place)
        return value.isEmpty ? nil : value
    }

    private var places: [ConfigDocument.SettingPlace] {
        sections.flatMap { document.settings[document.sections[$0].settings] }
    }

    /// Where the last setting of this key lies.
    func place(of key: String.UTF8View) -> ConfigDocument.SettingPlace? {
        let length = key.count
        for section in sections.reversed() {
            // Without a copy of each key: there may be thousands of profiles.
            let last = document.settings[document.sections[section].settings].last {
                $0.key.count == length
                    && zip(document.bytes[$0.key], key).allSatisfy {
                        ConfigByte.lowercased($0) == ConfigByte.lowercased($1)
                    }
            }
            if let last { return last }
        }
        return nil
    }

    /// The lines that go with it, but for headers, blank ones, and the last settings of these keys.
    ///
    /// Values and whatever else may be a secret are left out.
    func lines(besides keys: [String]) -> [String] {
        let own = Set(keys.compactMap { place(of: $0.utf8)?.start })
        var lines: [String] = []
        for section in sections {
            let settings = document.settings[document.sections[section].settings]
            document.forEachLine(document.sections[section].headerEnd..<document.extent(of: section).upperBound) {
                content, line in
                let text = { (range: Range<Int>) in String(decoding: document.bytes[range], as: UTF8.self) }
                if let place = settings.first(where: { ($0.start..<$0.end).contains(line.lowerBound) }) {
                    if place.start == line.lowerBound, !own.contains(place.start) {
                        lines.append("\(text(place.key)) = …")
                    }
                } else if !content.isEmpty {
                    let comment = text(content)
                    let isTelling = ["secret", "token", "password", "key"].contains(
                        where: comment.lowercased().contains)
                    lines.append(isTelling ? "\(comment.prefix(1)) …" : comment)
                }
            }
        }
        return lines
    }
}
