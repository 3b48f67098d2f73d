/// The name of an IAM role: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME` (IAM identifiers, API_CreateRole).
///
/// The text has no blank and no control character, but a path may hold quotes and other characters that mean something
/// to a shell: whoever writes it into a command line quotes it.
package struct RoleARN: Sendable, Hashable {
    /// The ARN as it was given.
    package let text: String
    /// The partition that the role, and so its STS, lies in.
    package let partition: Partition
    /// The account: 12 digits.
    package let accountID: String
    /// The role's name without its path.
    package let roleName: String

    /// Takes an ARN apart.
    ///
    /// - Throws: `InvalidRoleARN` with what is wrong.
    package init(_ text: String) throws(InvalidRoleARN) {
        func invalid(_ reason: String) -> InvalidRoleARN { InvalidRoleARN(text: text, reason: reason) }
        // Bytes, not characters: faster, for files of thousands, and a combining mark hides nothing.
        let bytes = Array(text.utf8)
        let fields = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].elementsEqual("arn".utf8), fields[2].elementsEqual("iam".utf8),
            fields[3].isEmpty, fields[5].starts(with: "role/".utf8)
        else { throw invalid("it does not have the form arn:aws:iam::123456789012:role/NAME") }
        guard let partition = Partition(rawValue: String(decoding: fields[1], as: UTF8.self)) else {
            let known = Partition.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid("its partition is none that is known (\(known))")
        }
        guard fields[4].count == 12, fields[4].allSatisfy(Self.isDigit) else {
            throw invalid("its account is not a number of 12 digits")
        }
        let resource = fields[5].dropFirst("role/".utf8.count)
        let slash = resource.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { resource[($0 + 1)...] } ?? resource
        guard (1...64).contains(name.count), name.allSatisfy(NameCharacters.contains) else {
            throw invalid("a role's name has 1 to 64 letters, digits and characters of +=,.@_-")
        }
        if let slash {
            let path = resource[..<slash]
            guard (1...510).contains(path.count), path.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw invalid("a role's path has 1 to 510 printable ASCII characters and no blanks")
            }
        }
        self.text = text
        self.partition = partition
        accountID = String(decoding: fields[4], as: UTF8.self)
        roleName = String(decoding: name, as: UTF8.self)
    }

    // Everything else follows from the text.
    package static func == (one: RoleARN, other: RoleARN) -> Bool { one.text == other.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// A text that is no role ARN.
package struct InvalidRoleARN: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    package let text: String
    /// What is wrong with it.
    package let reason: String

    package var description: String {
        "the role ARN \"\(PrintableText.line(text))\" can't be used: \(reason). Correct --aws-role-arn."
    }
}
