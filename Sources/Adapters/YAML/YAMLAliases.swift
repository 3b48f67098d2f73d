import Domain

/// YAML's references from one node to another, by which a small text can stand for a huge document.
enum YAMLAliases {
    /// Whether a text may have some: an anchor and an alias, each where a node can begin.
    ///
    /// It does not look whether they stand in quotes, and so is never deceived by quotes; what `quoted` writes is none.
    static func mayOccur(in text: String) -> Bool {
        var (anchors, aliases) = (false, false)
        var before = UInt8(ascii: "\n")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&") where !continues(before): anchors = true
            case UInt8(ascii: "*") where !continues(before): aliases = true
            default: break
            }
            if anchors, aliases { return true }
            before = byte
        }
        return false
    }

    /// A double-quoted scalar, with nothing in it that would look like a reference.
    static func quoted(_ text: String) -> String {
        let json = JSONText.quoted(text)
        guard json.utf8.contains(where: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "*") }) else { return json }
        return String(
            json.flatMap { character in
                switch character {
                case "&": Array("\\u0026")
                case "*": Array("\\u002a")
                default: [character]
                }
            })
    }

    /// Whether a scalar goes on after this byte: then what follows it begins no node.
    private static func continues(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
