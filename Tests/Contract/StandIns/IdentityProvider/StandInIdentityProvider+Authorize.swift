import Domain
import OpenSSL

extension StandInIdentityProvider {
    /// The authorization endpoint: GET shows the sign-in page, POST is that page's form.
    func authorize(_ request: StandInRequest) -> StandInAnswer {
        let settings = settings
        let form = request.method == "POST" ? request.form : nil
        let query = form.map { $0["request"] ?? "" } ?? request.query
        let asked: AuthorizationRequest
        do {
            asked = try AuthorizationRequest(query: query, clientIDs: settings.clientIDs)
        } catch {
            return .page(
                "<p>\(MarkupText.escape(error.sentence))</p>", title: "This sign-in can't be done", status: 400,
                outcome: "bad request")
        }
        guard let form else {
            return request.method == "GET" ? signInPage(query, asked, settings) : .wrongMethod
        }
        switch form["decision"] {
        case "deny":
            return redirect(
                asked, [("error", "access_denied"), ("error_description", "The person said no.")], settings,
                outcome: "access_denied")
        case "allow" where form["username"] == settings.user.username && form["password"] == settings.user.password:
            return redirect(asked, [("code", code(for: asked, settings))], settings, outcome: "signed in")
        default:
            return signInPage(query, asked, settings, wasWrong: true)
        }
    }

    private func code(for asked: AuthorizationRequest, _ settings: Settings) -> String {
        let code = randomText(24)
        let now = desk.now()
        let signIn = SignInLedger.SignIn(
            clientID: asked.clientID, user: settings.user, nonce: asked.nonce, scopes: asked.scopes, moment: now)
        let terms = SignInLedger.CodeTerms(
            redirectURI: asked.redirectURI, challenge: asked.challenge, expiry: now + 60)
        ledger.with { $0.keep(signIn, code: code, terms) }
        return code
    }

    private func redirect(
        _ asked: AuthorizationRequest, _ result: [(String, String)], _ settings: Settings, outcome: String
    ) -> StandInAnswer {
        var fields = result
        switch settings.redirectFault {
        case .wrongState: fields.append(("state", "another-state"))
        case .missingState: break
        default: fields.append(("state", asked.state))
        }
        switch settings.redirectFault {
        case .wrongIssuer: fields.append(("iss", "https://somebody-else.example.com"))
        case .missingIssuer: break
        default: if settings.namesItselfInRedirect { fields.append(("iss", issuer)) }
        }
        let location = asked.redirectURI + "?" + FormFields(fields).encoded
        return StandInAnswer(
            status: 302,
            headers: [("Location", location), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")],
            outcome: outcome)
    }

    private func signInPage(
        _ query: String, _ asked: AuthorizationRequest, _ settings: Settings, wasWrong: Bool = false
    ) -> StandInAnswer {
        let user = settings.user
        let body = """
            <p>\(MarkupText.escape(asked.clientID)) wants to know who you are.</p>
            \(wasWrong ? "<p role=\"alert\">That name and password do not fit.</p>" : "")
            <form method="post" action="/authorize">
            <input type="hidden" name="request" value="\(MarkupText.escape(query))">
            <label for="username">Name (\(MarkupText.escape(user.username)))</label>
            <input id="username" name="username" value="\(MarkupText.escape(user.username))" autocomplete="off">
            <label for="password">Password (\(MarkupText.escape(user.password)))</label>
            <input id="password" name="password" type="password" value="" autocomplete="off">
            <button name="decision" value="allow">Sign in</button>
            <button name="decision" value="deny">Say no</button>
            </form>
            """
        return .page(
            body, title: "Stand-in identity provider", status: wasWrong ? 401 : 200,
            outcome: wasWrong ? "wrong password" : "page")
    }

    /// So many random bytes as text.
    func randomText(_ count: Int) -> String {
        Base64URL.encode(cryptography.randomBytes(count))
    }
}
