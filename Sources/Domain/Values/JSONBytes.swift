/// JSON that is written piece by piece into bytes, for documents that may be large.
package struct JSONBytes: Sendable {
    /// What is written so far.
    package private(set) var bytes: [UInt8] = []

    /// Nothing yet.
    package init() {}

    /// Makes room for so many bytes at once.
    package mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
    }

    /// Writes text that is JSON already.
    package mutating func plain(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Writes a text as a JSON string.
    package mutating func quoted(_ text: String) {
        let needsEscape = text.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        if needsEscape {
            bytes.append(contentsOf: JSONText.quoted(text).utf8)
        } else {
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: text.utf8)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// Writes a number.
    package mutating func number(_ number: Int) {
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Writes a list, each element by `write`.
    package mutating func list<Element>(_ elements: [Element], _ write: (inout JSONBytes, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for (number, element) in elements.enumerated() {
            if number > 0 { bytes.append(UInt8(ascii: ",")) }
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
