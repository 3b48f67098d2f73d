/// What `status` prints: who is signed in where, and which AWS credentials are cached; never a secret.
package struct StatusOutput: Sendable {
    /// A sign-in.
    package struct Session: Sendable {
        let key: TokenKey
        let state: String
        let tokens: TokenSet?
        let problem: String?
        /// The flags by which its tokens are kept where they are; nil where they are where they are without any.
        let place: String?

        /// The sign-in that these tokens are of; none where there are none.
        package init(_ key: TokenKey, _ tokens: TokenSet?, at now: Timestamp, place: String? = nil) {
            (self.key, self.tokens, problem, self.place) = (key, tokens, nil, place)
            let isLive = tokens.map { TokenNeed.idToken.isMet(by: $0, at: now) } ?? false
            let isRenewable = tokens.map { $0.refreshToken != nil && now < ($0.refreshTokenExpiry ?? now + 1) } ?? false
            state = tokens == nil ? "signed-out" : isLive ? "signed-in" : isRenewable ? "renewable" : "expired"
        }

        /// A sign-in that can't be told of.
        package init(_ key: TokenKey, problem: String, place: String? = nil) {
            (self.key, tokens, state, self.problem, self.place) = (key, nil, "unknown", problem, place)
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
                ("place", JSONText.value(session.place)),
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
                ("session_duration", cached.header.duration.map { String($0) } ?? "null"),
            ])
        }
        return "{\"version\":1,\"sessions\":[\(sessions.joined(separator: ","))],"
            + "\"credentials\":[\(credentials.joined(separator: ","))]}\n"
    }

    /// Lines for a person.
    package var text: String {
        if sessions.isEmpty, credentials.isEmpty {
            return "No profile of the AWS config file is ours, and no AWS credentials are cached. "
                + "A sign-in that neither names is not looked for: check-token-valid tells of it.\n"
        }
        let twins = Dictionary(grouping: sessions, by: \.key.text).mapValues { $0.count > 1 }
        let sessions = sessions.flatMap { lines($0, isOneOfMany: twins[$0.key.text] ?? false) }
        let differences = Dictionary(grouping: credentials, by: \.header.roleARN).mapValues(Difference.init)
        let credentials = credentials.map { line($0, differences[$0.header.roleARN]) }
        return (sessions + credentials).map { $0 + "\n" }.joined()
    }

    /// How a sign-in is kept whose place is to be told from another's.
    ///
    /// - Parameter place: the flags by which it is kept there; nil where it is there without any.
    package static func kept(_ place: String?) -> String {
        "kept \(place.map { "by " + PrintableText.line($0) } ?? "in the usual place")"
    }

    private func lines(_ session: Session, isOneOfMany: Bool) -> [String] {
        let kept = isOneOfMany ? ", \(Self.kept(session.place))" : ""
        let place = "\(session.key.issuer.text) (client \(session.key.clientID.text)\(kept))"
        guard let tokens = session.tokens else {
            return [session.problem.map { "\(place): not known: \($0)" } ?? "\(place): not signed in"]
        }
        let refresh =
            tokens.refreshToken == nil
            ? "no refresh token"
            : "refresh token until \(tokens.refreshTokenExpiry?.rfc3339 ?? "an end that is not told")"
        return [
            "\(place): \(session.state) as \(PrintableText.line(session.person ?? "an unnamed person"))",
            "  id_token until \(tokens.claims.expiry?.rfc3339 ?? "an unknown time")",
            "  access token until \(tokens.accessTokenExpiry.rfc3339)",
            "  \(refresh)",
        ]
    }

    private func line(_ cached: Credentials, _ difference: Difference?) -> String {
        "AWS credentials of \(PrintableText.line(cached.header.roleARN ?? "an unknown role"))"
            + "\(difference?.words(cached.header) ?? ""): "
            + (cached.isLive ? "until " : "ended at ") + cached.header.expiry.rfc3339
    }
}

/// By what the cached credentials of one role differ.
private struct Difference {
    private let duration: Bool
    private let owner: Bool
    private let endpoint: Bool

    init(_ credentials: [StatusOutput.Credentials]) {
        let headers = credentials.map(\.header)
        duration = Set(headers.map(\.duration)).count > 1
        owner = Set(headers.map(Self.owner)).count > 1
        endpoint = Set(headers.map(\.endpoint)).count > 1
    }

    /// What tells these from the others; empty where nothing does.
    func words(_ header: CredentialsHeader) -> String {
        var words = ""
        if duration, let seconds = header.duration { words += " for \(GoDuration.text(seconds: seconds))" }
        if owner { words += " by \(PrintableText.line(Self.owner(header)))" }
        if endpoint { words += " from \(header.endpoint.map(PrintableText.line) ?? "AWS's own STS")" }
        return words
    }

    private static func owner(_ header: CredentialsHeader) -> String {
        header.issuerAndClient.map { "\($0.issuer) (client \($0.clientID))" } ?? "an unknown issuer"
    }
}
