/// What a request at the redirect URI is: the answer to ours, or somebody else's (RFC 6749 section 4.1.2, RFC 9207 section 2).
package enum RedirectAnswer: Sendable, Hashable {
    /// Not the answer to our request: it is ignored and the wait goes on.
    ///
    /// Any web page can make a browser knock on a loopback port, so that nothing but our state counts for an answer.
    case foreign(reason: String)
    /// The sign-in succeeded: the code to redeem.
    case code(Secret)
    /// The provider refused: `error` and `error_description`.
    case refused(error: String, explanation: String?)

    /// Judges the query of such a request: by state first, then `iss`, then `error`, then `code`.
    ///
    /// - Parameter issuerIsRequired: whether the provider says that it names itself in the redirect; when it does so
    ///   unasked, it is compared all the same.
    package static func judge(query: String, state: Secret, issuer: Issuer, issuerIsRequired: Bool) -> RedirectAnswer {
        guard let pairs = PercentEncoding.pairs(ofQuery: query) else {
            return .foreign(reason: "its query is not percent-encoded as it should be")
        }
        func values(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

        guard let found = values("state").first else { return .foreign(reason: "it has no state") }
        guard !state.revealed.isEmpty, ConstantTime.areEqual(found, state.revealed) else {
            return .foreign(reason: "its state is not that of this sign-in")
        }
        for name in ["state", "iss", "error", "error_description", "code"] where values(name).count > 1 {
            return .foreign(reason: "it has several \(name) parameters")
        }
        if let named = values("iss").first {
            guard ConstantTime.areEqual(named, issuer.text) else {
                return .foreign(reason: "its iss is \"\(PrintableText.line(named))\", not \"\(issuer.text)\"")
            }
        } else if issuerIsRequired {
            return .foreign(reason: "it has no iss, which this provider always sends")
        }
        if let error = values("error").first {
            return .refused(error: error, explanation: values("error_description").first { !$0.isEmpty })
        }
        guard let code = values("code").first, !code.isEmpty else {
            return .foreign(reason: "it has neither a code nor an error")
        }
        return .code(Secret(code))
    }
}
