/// The Link fields of an answer (RFC 8288), as far as pages need them.
enum LinkField {
    /// The target of the relation `next`; nil where there is none.
    static func next(in fields: [String]) -> String? {
        for field in fields {
            var rest = field[...]
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = rest[rest.index(after: open)..<close]
                let after = rest[rest.index(after: close)...]
                let end = Self.end(of: after)
                if Self.isNext(after[..<end]) { return String(target) }
                rest = after[end...].dropFirst()
            }
        }
        return nil
    }

    /// The comma after which another link stands, past quoted texts.
    private static func end(of parameters: Substring) -> Substring.Index {
        var isQuoted = false
        return parameters.firstIndex { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        } ?? parameters.endIndex
    }

    private static func isNext(_ parameters: Substring) -> Bool {
        parameters.split(separator: ";").contains { parameter in
            let text = parameter.lowercased().filter { $0 != " " && $0 != "\"" && $0 != "\t" }
            return text == "rel=next"
        }
    }
}
