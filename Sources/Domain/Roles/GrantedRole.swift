/// A role that a person may take, fit to be written into a profile.
///
/// All of it came from others. A profile's command is taken apart by some SDKs as a shell would, and run by a shell in
/// others, so nothing is let through that would mean anything to one.
package struct GrantedRole: Sendable, Hashable {
    /// The account that the role is in.
    package let account: Account
    /// The role.
    package let role: RoleARN
    /// The client whose tokens it takes.
    package let clientID: ClientID
    /// Who issues these tokens.
    package let issuer: Issuer

    /// A role of that account.
    ///
    /// - Throws: where the role is in another account, or has characters that no command line should have.
    package init(account: Account, role: RoleARN, clientID: ClientID, issuer: Issuer) throws(InvalidGrantedRole) {
        guard role.accountID == account.id else {
            throw InvalidGrantedRole(
                role: role.text, reason: "it is not in account \(account.id), which is named with it")
        }
        for (what, text) in [("role ARN", role.text), ("client id", clientID.text), ("issuer", issuer.text)]
        where !Self.isPlain(text) {
            throw InvalidGrantedRole(
                role: role.text,
                reason: "the \(what) \"\(PrintableText.line(text))\" has characters that mean something to a shell")
        }
        (self.account, self.role, self.clientID, self.issuer) = (account, role, clientID, issuer)
    }

    package func hash(into hasher: inout Hasher) {
        // The rest hardly ever tells two apart.
        hasher.combine(role)
        hasher.combine(clientID)
    }

    /// The command that gives its credentials, as `credential_process` has it.
    package var command: String {
        "aws-oidc creds-process --issuer-url=\(issuer.text) --client-id=\(clientID.text) --aws-role-arn=\(role.text)"
    }

    /// Whether a text is one word to every shell, and to every SDK that splits a command by itself.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch Unicode.Scalar(byte) {
            case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "_", "~", "/", ":", "@", "%", "+", ",", "=": true
            default: false
            }
        }
    }
}

/// A role that can't be written into a profile.
package struct InvalidGrantedRole: Error, Sendable, Hashable, CustomStringConvertible {
    /// The role's ARN.
    package let role: String
    /// What is wrong with it.
    package let reason: String

    package var description: String { "\(PrintableText.line(role)): \(reason)" }
}
