/// The 64-bit FNV-1a hash: for names, never for secrets.
package enum FNV1a {
    /// The hash of the text's UTF-8, as sixteen lower-case hexadecimal digits.
    package static func hexadecimal(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
