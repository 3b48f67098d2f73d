/// Reads the XML that AWS answers with (XML 1.0, Namespaces in XML 1.0), and nothing beyond: UTF-8, no DTD, no processing instruction.
///
/// Whatever the bytes are, it ends with an element or an `XMLProblem`, which holds nothing of them; depth and size are limited.
struct XMLReader {
    /// How deep elements may nest.
    static let depthLimit = 32
    /// How many bytes a document may have, where nobody says otherwise.
    static let sizeLimit = 1 << 18

    private var cursor: XMLCursor

    /// The root element of a document.
    static func read(_ bytes: [UInt8], limit: Int = sizeLimit) throws(XMLProblem) -> XMLElement {
        guard bytes.count <= limit else { throw XMLProblem(reason: "it is too large", offset: limit) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw XMLProblem(reason: "it is not UTF-8", offset: 0)
        }
        guard text.unicodeScalars.allSatisfy(XMLCursor.isCharacter) else {
            throw XMLProblem(reason: "it has a character that XML does not allow", offset: 0)
        }
        var reader = XMLReader(cursor: XMLCursor(bytes))
        return try reader.document()
    }

    private init(cursor: XMLCursor) { self.cursor = cursor }

    // MARK: The document (section 2.1)

    private mutating func document() throws(XMLProblem) -> XMLElement {
        _ = cursor.take("\u{FEFF}")
        try declaration()
        try skipMisc()
        guard cursor.take("<") else { throw problem("it does not begin with an element") }
        let root = try elements()
        try skipMisc()
        guard cursor.position == cursor.bytes.count else { throw problem("something follows the root element") }
        return root
    }

    /// The declaration, if there is one (section 2.8): version 1.x, and an encoding that is UTF-8 or a part of it.
    private mutating func declaration() throws(XMLProblem) {
        guard cursor.starts(with: "<?xml"), cursor.position + 5 < cursor.bytes.count,
            XMLCursor.isSpace(cursor.bytes[cursor.position + 5])
        else { return }
        cursor.position += 5
        var fields: [String: String] = [:]
        while true {
            let spaced = cursor.skipSpace()
            if cursor.take("?>") { break }
            guard spaced else { throw problem("its declaration is malformed") }
            let (name, value) = try attribute()
            guard ["version", "encoding", "standalone"].contains(name), fields.updateValue(value, forKey: name) == nil
            else { throw problem("its declaration is malformed") }
        }
        guard fields["version"]?.hasPrefix("1.") == true else { throw problem("its declaration is malformed") }
        guard ["utf-8", "us-ascii"].contains(fields["encoding"]?.lowercased() ?? "utf-8") else {
            throw problem("its encoding is not UTF-8")
        }
    }

    /// White space and comments around the root element.
    private mutating func skipMisc() throws(XMLProblem) {
        repeat { cursor.skipSpace() } while try comment()
    }

    // MARK: Elements (section 3); a stack of our own, so that depth costs no call stack

    /// The root element and all inside, from after its `<`.
    private mutating func elements() throws(XMLProblem) -> XMLElement {
        var outer: [Tag] = []
        var current = try startTag()
        if current.isEmpty { return current.element }
        while true {
            current.element.text += try characterData()
            if cursor.take("</") {
                guard cursor.take(current.name) else { throw problem("an end tag is missing") }
                cursor.skipSpace()
                guard cursor.take(">") else { throw problem("an end tag is malformed") }
                guard var parent = outer.popLast() else { return current.element }
                parent.element.children.append(current.element)
                current = parent
            } else if try comment() {
                continue
            } else if cursor.take("<![CDATA[") {
                current.element.text += try upTo("]]>")
            } else if cursor.take("<") {
                guard outer.count + 1 < Self.depthLimit else { throw problem("its elements nest too deep") }
                let child = try startTag()
                if child.isEmpty {
                    current.element.children.append(child.element)
                } else {
                    outer.append(current)
                    current = child
                }
            } else {
                throw problem("an end tag is missing")
            }
        }
    }

    /// A start tag that was read, and the element as far as it is known.
    private struct Tag {
        /// The name with its prefix, as the end tag must have it.
        let name: String
        var element: XMLElement
        /// Whether it ended with `/>`.
        let isEmpty: Bool

        init(_ name: String, isEmpty: Bool) {
            self.name = name
            self.isEmpty = isEmpty
            element = XMLElement(name: String(name.split(separator: ":").last ?? ""))
        }
    }

    /// A start tag or an empty element's tag, from after its `<`.
    private mutating func startTag() throws(XMLProblem) -> Tag {
        let name = try name()
        var seen: Set<String> = []
        while true {
            let spaced = cursor.skipSpace()
            if cursor.take("/>") { return Tag(name, isEmpty: true) }
            if cursor.take(">") { return Tag(name, isEmpty: false) }
            guard spaced else { throw problem("a tag is malformed") }
            guard seen.insert(try attribute().name).inserted else { throw problem("an attribute stands twice") }
        }
    }

    private mutating func attribute() throws(XMLProblem) -> (name: String, value: String) {
        let name = try name()
        cursor.skipSpace()
        guard cursor.take("=") else { throw problem("an attribute has no value") }
        cursor.skipSpace()
        guard let quote = cursor.peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw problem("an attribute's value is not quoted")
        }
        cursor.position += 1
        let value = try references(until: { $0 == quote || $0 == UInt8(ascii: "<") })
        guard cursor.peek == quote else { throw problem("an attribute's value does not end") }
        cursor.position += 1
        return (name, value)
    }

    // MARK: Text (sections 2.4 to 2.7, 4.1)

    /// Text up to the next tag, its references replaced.
    private mutating func characterData() throws(XMLProblem) -> String {
        let start = cursor.position
        let text = try references(until: { $0 == UInt8(ascii: "<") })
        var brackets = 0
        for byte in cursor.bytes[start..<cursor.position] {
            if byte == UInt8(ascii: ">"), brackets >= 2 { throw problem("text has a stray ]]>") }
            brackets = byte == UInt8(ascii: "]") ? brackets + 1 : 0
        }
        return text
    }

    private mutating func references(until isEnd: (UInt8) -> Bool) throws(XMLProblem) -> String {
        var text: [UInt8] = []
        while let byte = cursor.peek, !isEnd(byte) {
            cursor.position += 1
            if byte == UInt8(ascii: "&") {
                text += Array(String(Character(try reference())).utf8)
            } else {
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The character that a reference stands for, from after its `&`.
    private mutating func reference() throws(XMLProblem) -> Unicode.Scalar {
        let named: [(StaticString, Unicode.Scalar)] = [
            ("amp;", "&"), ("lt;", "<"), ("gt;", ">"), ("quot;", "\""), ("apos;", "'"),
        ]
        for (name, scalar) in named where cursor.take(name.description) { return scalar }
        guard cursor.take("#") else { throw problem("an entity is none of XML's own") }
        let radix: UInt32 = cursor.take("x") ? 16 : 10
        var value: UInt32 = 0
        let start = cursor.position
        while let digit = cursor.peek.flatMap({ XMLCursor.digit($0, radix) }), cursor.position - start < 8 {
            let (product, overflowed) = value.multipliedReportingOverflow(by: radix)
            guard !overflowed, product <= 0x10FFFF else { break }
            value = product + digit
            cursor.position += 1
        }
        guard cursor.position > start, cursor.take(";"), let scalar = Unicode.Scalar(value),
            XMLCursor.isCharacter(scalar)
        else { throw problem("a character reference is malformed") }
        return scalar
    }

    /// Skips a comment, if one stands here.
    private mutating func comment() throws(XMLProblem) -> Bool {
        guard cursor.take("<!--") else { return false }
        _ = try upTo("--")
        guard cursor.take(">") else { throw problem("a comment is malformed") }
        return true
    }

    /// The text up to a mark, which is skipped.
    private mutating func upTo(_ mark: String) throws(XMLProblem) -> String {
        let start = cursor.position
        while cursor.position < cursor.bytes.count {
            let end = cursor.position
            if cursor.take(mark) { return String(decoding: cursor.bytes[start..<end], as: UTF8.self) }
            cursor.position += 1
        }
        throw problem("it ends too soon")
    }

    /// A name with at most one colon, which parts prefix and local name (Namespaces in XML, section 4).
    private mutating func name() throws(XMLProblem) -> String {
        let name = cursor.name()
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ $0.utf8.first.map(XMLCursor.beginsName) ?? false }) else {
            throw problem("a name is malformed")
        }
        return name
    }

    private func problem(_ reason: String) -> XMLProblem { XMLProblem(reason: reason, offset: cursor.position) }
}
