/// `RoleSessionName`: who the session is for, as CloudTrail shows it; 2 to 64 of `[\w+=,.@-]` (API_AssumeRoleWithWebIdentity).
package struct SessionName: Sendable, Hashable {
    /// The name.
    package let text: String

    /// The name of whoever these claims speak of: `email`, else `preferred_username`, else `unknown-username`; an empty claim is an absent one.
    package init(_ claims: IDTokenClaims) {
        let names = [claims.email, claims.preferredUsername]
        self.init(fitting: names.lazy.compactMap(\.self).first { !$0.isEmpty } ?? "unknown-username")
    }

    /// A text made to fit: each other character becomes `-`, what is over 64 is cut, what is under 2 is filled up with `-`.
    package init(fitting text: String) {
        // By scalar, not by character: what one character is changes with Unicode's version.
        var bytes = text.unicodeScalars.prefix(64).map { scalar in
            scalar.isASCII && NameCharacters.contains(UInt8(scalar.value)) ? UInt8(scalar.value) : UInt8(ascii: "-")
        }
        while bytes.count < 2 { bytes.append(UInt8(ascii: "-")) }
        self.text = String(decoding: bytes, as: UTF8.self)
    }
}
