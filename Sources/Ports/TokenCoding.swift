package import Domain

/// Makes bytes of tokens, and tokens of such bytes.
package protocol TokenCoding: Sendable {
    /// The bytes for these tokens.
    func encode(_ tokens: TokenSet) -> [UInt8]?

    /// The tokens; nil where the bytes are no whole record.
    func decode(_ bytes: [UInt8]) -> TokenSet?
}
