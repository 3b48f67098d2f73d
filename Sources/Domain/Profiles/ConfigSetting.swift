/// A key of a profile and its value.
package struct ConfigSetting: Sendable, Hashable {
    /// The key as it is written; its case means nothing.
    package let key: String
    /// The value, its lines parted by `\n`; begins with `\n` where settings are nested below the key.
    package let value: String
    /// The line of the key, 1 for the first.
    package let line: Int

    init(_ document: ConfigDocument, _ place: ConfigDocument.SettingPlace) {
        key = String(decoding: document.bytes[place.key], as: UTF8.self)
        value = document.text(of: place)
        line = place.line
    }

    /// The settings below a key without a value of its own, such as `s3`; none for any other.
    ///
    /// Where a key stands twice, the last one counts.
    package var nested: [(key: String, value: String)] {
        guard value.utf8.first == ConfigByte.lineFeed else { return [] }
        return value.utf8.split(separator: ConfigByte.lineFeed).compactMap { line in
            let bytes = Array(line)
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let text = { String(decoding: bytes[ConfigLines.trimmed(bytes, $0)], as: UTF8.self) }
            return (text(0..<equals), text(equals + 1..<bytes.count))
        }
    }
}
