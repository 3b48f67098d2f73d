/// A cached record as its file holds it: the header line, then the text exactly as it is printed.
package struct CredentialsRecord: Sendable {
    /// A file larger than this is no record of ours.
    package static let sizeLimit = 65_536

    /// The header.
    package let header: CredentialsHeader
    /// The bytes below the header, to be printed as they are.
    package let output: ArraySlice<UInt8>

    /// Takes a file's bytes apart; nil where they are no record, or only the beginning of one.
    ///
    /// Files are renamed into place without fsync, so a crash may cut them anywhere. The document has one brace before a
    /// line end: its last.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.sizeLimit, let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let line = String(validating: bytes[..<end], as: UTF8.self), let header = CredentialsHeader(line: line),
            end + 1 < bytes.count, bytes.suffix(2).elementsEqual("}\n".utf8)
        else { return nil }
        self.header = header
        output = bytes[(end + 1)...]
    }

    /// The bytes of a record.
    package static func bytes(_ header: CredentialsHeader, _ output: CredentialProcessOutput) -> [UInt8] {
        Array((header.line + "\n" + output.text.revealed).utf8)
    }
}
