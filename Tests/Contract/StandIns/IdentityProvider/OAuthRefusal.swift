/// An error answer of OAuth (RFC 6749 section 5.2).
struct OAuthRefusal: Error, Sendable, Hashable {
    let code: String
    let explanation: String
    var status = 400
    /// What the log says of it; nil for the code.
    var outcome: String?

    var answer: StandInAnswer {
        var headers = [("Cache-Control", "no-store")]
        if status == 401 { headers.append(("WWW-Authenticate", "Basic realm=\"stand-in\"")) }
        return .json(
            ["error": .string(code), "error_description": .string(explanation)], status: status, headers: headers,
            outcome: outcome ?? code)
    }

    static func invalidGrant(_ explanation: String) -> OAuthRefusal {
        OAuthRefusal(code: "invalid_grant", explanation: explanation)
    }

    static func invalidRequest(_ explanation: String) -> OAuthRefusal {
        OAuthRefusal(code: "invalid_request", explanation: explanation)
    }

    static func invalidClient(_ explanation: String) -> OAuthRefusal {
        OAuthRefusal(code: "invalid_client", explanation: explanation, status: 401)
    }
}
