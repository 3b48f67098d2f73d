import Domain

/// A place in S3: `s3://BUCKET/KEY`.
package struct S3Place: Sendable, Hashable {
    /// The text.
    package let text: String
    /// The bucket.
    let bucket: String
    /// The key, percent-encoded.
    let key: String

    /// The place that a text names (Amazon S3 User Guide, "Bucket naming rules").
    package init(_ text: String) throws(InvalidS3Place) {
        let rest = text.dropFirst(5)
        guard text.hasPrefix("s3://"), let slash = rest.firstIndex(of: "/") else {
            throw InvalidS3Place(reason: "a place in S3 has the form s3://BUCKET/KEY")
        }
        let (bucket, key) = (rest[..<slash], rest[rest.index(after: slash)...])
        guard (1...1024).contains(key.utf8.count) else {
            throw InvalidS3Place(reason: "a key, which follows the bucket's name, has 1 to 1024 bytes")
        }
        guard (3...63).contains(bucket.utf8.count),
            bucket.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            })
        else {
            throw InvalidS3Place(reason: "a bucket's name has 3 to 63 small letters, digits, - and . only")
        }
        self.bucket = String(bucket)
        self.key = key.split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
        self.text = PrintableText.line(text)
    }
}

/// A text that names no place in S3.
package struct InvalidS3Place: Error, Sendable, Hashable {
    /// What it should be.
    package let reason: String
}
