/// The first line of a cached credentials record; below it stands what `creds-process` prints.
///
/// `aws-oidc-credentials-1 RENEW_AFTER EXPIRES KEY SUBJECT`, times in seconds since 1970. The front door decides by this line alone.
package struct CredentialsHeader: Sendable, Hashable {
    /// From when on the credentials should be got anew.
    package let renewAfter: Timestamp
    /// When they end.
    package let expiry: Timestamp
    /// The text of the record's key.
    package let key: String
    /// The `sub` of the person who they were made for; empty where unknown.
    package let subject: String

    private static let format = "aws-oidc-credentials-1"

    /// A header.
    package init(renewAfter: Timestamp, expiry: Timestamp, key: CredentialsKey, subject: String) {
        self.renewAfter = renewAfter
        self.expiry = expiry
        self.key = key.text
        self.subject = subject
    }

    /// Reads a line without its line end; nil where it is not one of this format.
    package init?(line: some StringProtocol) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0] == Self.format, let renewAfter = Int64(fields[1]),
            let expiry = Int64(fields[2]), let subject = HeaderWord.unescape(fields[4])
        else { return nil }
        self.renewAfter = Timestamp(seconds: renewAfter)
        self.expiry = Timestamp(seconds: expiry)
        key = String(fields[3])
        self.subject = subject
        // One header has one line: a number may not have a sign too many or a zero before it.
        guard self.line.utf8.elementsEqual(line.utf8) else { return nil }
    }

    /// The line, without a line end.
    package var line: String {
        "\(Self.format) \(renewAfter.seconds) \(expiry.seconds) \(key) \(HeaderWord.escape(subject))"
    }

    /// Whether the record can be handed out as it is, with nothing else asked.
    package func isFresh(for wanted: CredentialsKey, at now: Timestamp) -> Bool {
        key == wanted.text && now < renewAfter && CredentialsFreshness.isLive(expiry: expiry, at: now)
    }

    /// The role ARN of the key.
    package var roleARN: String? {
        let parts = key.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count == 4 ? HeaderWord.unescape(parts[2]) : nil
    }

    /// How long the credentials were to live, in seconds; nil where the key is none of ours.
    package var duration: Int64? { field(3).flatMap { Int64($0) } }

    /// The STS that a variable named; nil where none did, or another said that none counts.
    package var endpoint: String? {
        field(9)?.lowercased() == "true" ? nil : [field(7), field(8)].compactMap { $0 }.first { !$0.isEmpty }
    }

    private func field(_ place: Int) -> String? {
        let parts = key.split(separator: "|", omittingEmptySubsequences: false)
        return place < parts.count ? HeaderWord.unescape(parts[place]) : nil
    }

    /// The issuer and the client id of the key.
    package var issuerAndClient: (issuer: String, clientID: String)? {
        let parts = key.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let issuer = HeaderWord.unescape(parts[0]), let client = HeaderWord.unescape(parts[1])
        else { return nil }
        return (issuer, client)
    }
}
