/// AWS's shared config file, read without loss: its bytes are kept as they were, and what they mean is found by place.
///
/// Any bytes can be read that keep to the grammar of `ConfigLines`; comments, unknown sections, line ends and bytes that
/// are no UTF-8 included. Text becomes a `String` only when it is asked for: 5,000 profiles take a few milliseconds.
package struct ConfigDocument: Sendable {
    /// The file, byte for byte.
    package let bytes: [UInt8]
    let sections: [ConfigSection]
    let settings: [SettingPlace]

    /// Where a setting lies in the bytes.
    struct SettingPlace: Sendable {
        let line: Int
        /// Where its line begins.
        let start: Int
        let key: Range<Int>
        /// The value as far as it stands in that line.
        let value: Range<Int>
        /// Where the line after it begins.
        let lineEnd: Int
        /// Where the line after its last continuation begins.
        var end: Int
    }

    /// Reads a file.
    ///
    /// - Throws: the first place that is no shared config file.
    package init(_ bytes: [UInt8]) throws(ConfigSyntaxError) {
        var sections: [ConfigSection] = []
        var settings: [SettingPlace] = []
        for line in ConfigLines(bytes) {
            switch line.kind {
            case .blank, .comment:
                break
            case .header(let name):
                sections.append(ConfigSection(line, header: name, bytes, settings: settings.count))
            case .setting(let key, let value):
                settings.append(
                    SettingPlace(
                        line: line.number, start: line.start, key: key, value: value, lineEnd: line.end, end: line.end))
                let first = sections[sections.count - 1].settings.lowerBound
                sections[sections.count - 1].settings = first..<settings.count
            case .continuation:
                settings[settings.count - 1].end = line.end
            case .malformed(let fault, let offset):
                // Characters, not bytes, as editors count.
                let before = bytes[line.start..<offset].count { $0 & 0xC0 != 0x80 }
                throw ConfigSyntaxError(line: line.number, column: before + 1, fault: fault)
            }
        }
        self.bytes = bytes
        self.sections = sections
        self.settings = settings
    }

    /// A file with nothing in it.
    package static let empty = ConfigDocument()

    private init() { (bytes, sections, settings) = ([], [], []) }
}
