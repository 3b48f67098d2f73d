/// The characters of IAM's names for roles and sessions: `[\w+=,.@-]`, where `\w` is ASCII (API_CreateRole, API_AssumeRoleWithWebIdentity).
enum NameCharacters {
    /// Whether a byte of UTF-8 is one of them.
    static func contains(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "."),
            UInt8(ascii: "@"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
