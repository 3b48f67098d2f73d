/// A change of the shared config file.
package enum ConfigEdit: Sendable, Hashable {
    /// Gives a profile these settings, in this order; one that isn't there is put at the file's end.
    ///
    /// Other settings of the profile stay. A key that stands there already keeps its place.
    case set(profile: String, settings: [ConfigAssignment])
    /// Takes a profile out, all of its sections; nothing where there is none.
    case remove(profile: String)

    var profile: String {
        switch self {
        case .set(let profile, _), .remove(let profile): profile
        }
    }
}

/// A key and the value that it is to have.
package struct ConfigAssignment: Sendable, Hashable {
    /// The key, as it is to be written where it isn't there yet.
    package let key: String
    /// The value, one line.
    package let value: String

    /// Takes what can be written so that every SDK reads the same.
    ///
    /// - Throws: for a key of other characters than letters, digits and `-_./%@+`; for a value with a line end, a control
    ///   character, a blank at an end or other than a space, or something that is taken for a comment.
    package init(_ key: String, _ value: String) throws(ConfigEditError) {
        guard ConfigGrammar.isName(key), !key.utf8.contains(UInt8(ascii: ":")) else {
            throw .key(key)
        }
        if let reason = ConfigGrammar.objection(toValue: value) { throw .value(key: key, reason: reason) }
        self.key = key
        self.value = value
    }
}

/// What may be written into the shared config file: less than may be read.
enum ConfigGrammar {
    /// What AWS's guide allows in names: letters, digits, and `-/.%@_:+`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        let letter = ConfigByte.lowercased(byte)
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-/.%@_:+".utf8.contains(byte)
    }

    static func isName(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy(isNameByte) }

    /// Why a value can't be written; nil where it can.
    static func objection(toValue value: String) -> String? {
        // A blank stands before the value.
        var (before, isPlain, hasComment) = (UInt8(ascii: " "), true, false)
        for byte in value.utf8 {
            if before == UInt8(ascii: " "), ConfigByte.opensComment(byte) { hasComment = true }
            if byte < 0x20 || byte > 0x7E { isPlain = false }
            before = byte
        }
        // What Unicode knows of each character takes long to ask, and a file may have thousands of values.
        let hasControl = !isPlain && value.unicodeScalars.contains(where: isControlOrWideBlank)
        if hasControl { return "it has a line end, a control character or a blank that is no space" }
        if hasComment { return "what stands behind a blank and # or ; is a comment" }
        let ends = [value.utf8.first, value.utf8.last]
        return ends.contains(UInt8(ascii: " ")) ? "it begins or ends with a blank" : nil
    }

    private static func isControlOrWideBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || (scalar.properties.isWhitespace && scalar != " ")
    }
}
