import Domain

/// A place in S3: `s3://BUCKET/KEY`.
package struct S3Place: Sendable, Hashable {
    /// The text.
    package let text: String
    /// The bucket.
    let bucket: String
    /// The key, percent-encoded.
    let key: String

    /// The place that a text names; nil where it is none (Amazon S3 User Guide, "Bucket naming rules").
    package init?(_ text: String) {
        guard text.hasPrefix("s3://") else { return nil }
        let rest = text.dropFirst(5)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let (bucket, key) = (rest[..<slash], rest[rest.index(after: slash)...])
        guard (3...63).contains(bucket.utf8.count), (1...1024).contains(key.utf8.count),
            bucket.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            })
        else { return nil }
        self.bucket = String(bucket)
        self.key = key.split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
        self.text = PrintableText.line(text)
    }
}
