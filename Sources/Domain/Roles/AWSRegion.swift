/// The name of an AWS region, such as `us-west-2`: small letters, digits and hyphens.
package struct AWSRegion: Sendable, Hashable {
    /// The name.
    package let text: String

    /// Takes a region's name.
    ///
    /// - Throws: for what no region is called, since it would go into a config file.
    package init(_ text: String) throws(InvalidAWSRegion) {
        let isPlain = text.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
        guard isPlain, text.utf8.count <= 40, text.split(separator: "-").count > 2, let last = text.utf8.last,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last)
        else { throw InvalidAWSRegion(text: text) }
        self.text = text
    }

    private init(known text: String) { self.text = text }

    /// The region that profiles get where nobody names one.
    package static let usual = AWSRegion(known: "us-west-2")
}

/// A text that is no region's name.
package struct InvalidAWSRegion: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    package let text: String

    package var description: String {
        "\"\(PrintableText.line(text))\" is no AWS region, such as us-west-2."
    }
}
