/// A field of a record's header line, escaped so that blanks part fields and `|` parts the parts of a key.
enum HeaderWord {
    /// The text with everything but printable ASCII, and with `%` and `|`, as `%XX`.
    static func escape(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var word: [UInt8] = []
        for byte in text.utf8 {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%"), byte != UInt8(ascii: "|") {
                word.append(byte)
            } else {
                word += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: word, as: UTF8.self)
    }

    /// The text that was escaped; nil where the word is not one that `escape` makes.
    static func unescape(_ word: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(word.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst(), let low = rest.popFirst(),
                    let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
            } else {
                bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self), escape(text).utf8.elementsEqual(word.utf8) else {
            return nil
        }
        return text
    }
}
