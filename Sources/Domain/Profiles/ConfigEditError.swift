/// Why a shared config file is not changed.
package enum ConfigEditError: Error, Sendable, Hashable {
    /// A key that not every SDK reads.
    case key(String)
    /// A value that can't be written; the value itself may be a secret and is not in here.
    case value(key: String, reason: String)
    /// The name of a profile that not every SDK reads.
    case profile(String)
    /// A profile is both to be set and to be removed.
    case contradiction(String)
    /// Sections are indented in such a way that the change would draw the ones below into another section.
    case indentation(line: Int)
}

extension ConfigEditError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .key(let key):
            "the key \"\(PrintableText.line(key))\" can't be written: use letters, digits and -_./%@+ only."
        case .value(let key, let reason):
            "the value of \(PrintableText.line(key)) can't be written: \(reason). Use another value."
        case .profile(let name):
            "the profile name \"\(PrintableText.line(name))\" can't be written: "
                + "use letters, digits and -_./%@:+ only."
        case .contradiction(let name):
            "the profile \(PrintableText.line(name)) is to be both written and removed; ask for one of the two."
        case .indentation(let line):
            "below line \(line) a section is indented deeper than the lines above it, and would become a part of them; "
                + "take the blanks before its [ away, then try again."
        }
    }
}
