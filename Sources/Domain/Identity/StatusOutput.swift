/// What `status` prints: who is signed in where, and which AWS credentials are cached; never a secret.
package struct StatusOutput: Sendable {
    /// A sign-in.
    package struct Session: Sendable {
        let key: TokenKey
        let state: String
        let tokens: TokenSet?
        let problem: String?

        /// The sign-in that these tokens are of; none where there are none.
        package init(_ key: TokenKey, _ tokens: TokenSet?, at now: Timestamp) {
            (self.key, self.tokens, problem) = (key, tokens, nil)
            let isLive = tokens.map { TokenNeed.idToken.isMet(by: $0, at: now) } ?? false
            let isRenewable = tokens.map { $0.refreshToken != nil && now < ($0.refreshTokenExpiry ?? now + 1) } ?? false
            state = tokens == nil ? "signed-out" : isLive ? "signed-in" : isRenewable ? "renewable" : "expired"
        }

        /// A sign-in that can't be told of.
        package init(_ key: TokenKey, problem: String) {
            (self.key, tokens, state, self.problem) = (key, nil, "unknown", problem)
        }

        var person: String? {
            (tokens?.claims).flatMap { $0.email ?? $0.preferredUsername ?? $0.subject }
        }
    }

    /// A cached record of AWS credentials.
    package struct Credentials: Sendable {
        let header: CredentialsHeader
        let isLive: Bool

        /// The record of that header.
        package init(_ header: CredentialsHeader, at now: Timestamp) {
            (self.header, isLive) = (header, CredentialsFreshness.isLive(expiry: header.expiry, at: now))
        }
    }

    let sessions: [Session]
    let credentials: [Credentials]

    /// What there is to tell.
    package init(sessions: [Session], credentials: [Credentials]) {
        (self.sessions, self.credentials) = (sessions, credentials)
    }

    /// One line of JSON.
    ///
    /// Its members and their meaning stay, others may be added. What is not known is null.
    package var json: String {
        let sessions = sessions.map { session in
            let tokens = session.tokens
            return JSONText.object([
                ("issuer", JSONText.quoted(session.key.issuer.text)),
                ("client_id", JSONText.quoted(session.key.clientID.text)),
                ("state", JSONText.quoted(session.state)),
                ("subject", JSONText.value(tokens?.claims.subject)),
                ("email", JSONText.value(tokens?.claims.email)),
                ("id_token_expiry", JSONText.value(tokens?.claims.expiry?.rfc3339)),
                ("access_token_expiry", JSONText.value(tokens?.accessTokenExpiry.rfc3339)),
                ("has_refresh_token", tokens?.refreshToken == nil ? "false" : "true"),
                ("refresh_token_expiry", JSONText.value(tokens?.refreshTokenExpiry?.rfc3339)),
                ("problem", JSONText.value(session.problem)),
            ])
        }
        let credentials = credentials.map { cached in
            JSONText.object([
                ("issuer", JSONText.value(cached.header.issuerAndClient?.issuer)),
                ("client_id", JSONText.value(cached.header.issuerAndClient?.clientID)),
                ("role_arn", JSONText.value(cached.header.roleARN)),
                ("subject", JSONText.value(cached.header.subject.isEmpty ? nil : cached.header.subject)),
                ("expiry", JSONText.quoted(cached.header.expiry.rfc3339)),
                ("live", cached.isLive ? "true" : "false"),
            ])
        }
        return "{\"version\":1,\"sessions\":[\(sessions.joined(separator: ","))],"
            + "\"credentials\":[\(credentials.joined(separator: ","))]}\n"
    }

    /// Lines for a person.
    package var text: String {
        if sessions.isEmpty, credentials.isEmpty {
            return "No profile of the AWS config file is ours, and nothing is cached.\n"
        }
        return (sessions.flatMap(lines) + credentials.map(line)).map { $0 + "\n" }.joined()
    }

    private func lines(_ session: Session) -> [String] {
        let place = "\(session.key.issuer.text) (client \(session.key.clientID.text))"
        guard let tokens = session.tokens else {
            return [session.problem.map { "\(place): not known: \($0)" } ?? "\(place): not signed in"]
        }
        let refresh =
            tokens.refreshToken == nil
            ? "none" : tokens.refreshTokenExpiry.map { "until \($0.rfc3339)" } ?? "its end is not told"
        return [
            "\(place): \(session.state) as \(PrintableText.line(session.person ?? "an unnamed person"))",
            "  id_token until \(tokens.claims.expiry?.rfc3339 ?? "an unknown time")",
            "  access token until \(tokens.accessTokenExpiry.rfc3339)",
            "  refresh token: \(refresh)",
        ]
    }

    private func line(_ cached: Credentials) -> String {
        "AWS credentials of \(PrintableText.line(cached.header.roleARN ?? "an unknown role")): "
            + (cached.isLive ? "until " : "ended at ") + cached.header.expiry.rfc3339
    }
}
