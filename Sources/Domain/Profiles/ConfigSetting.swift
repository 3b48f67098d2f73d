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
}
