package import Domain
package import Ports

/// One sign-in in the person's browser: authorization code with PKCE over a loopback redirect (RFC 8252, RFC 7636).
package struct SignIn: SignInFlow {
    private let exchange: SignInExchange
    let listener: any RedirectListener
    let browser: any Browser
    let random: any RandomSource
    let digester: any Digester
    let log: any Log
    /// How long it waits for the person, in seconds.
    let timeout: Double

    private var provider: any IdentityProvider { exchange.provider }

    package var longest: Double { timeout + SignInExchange.longest }

    /// A sign-in at that provider; `timeout` is how long it waits for the person, in seconds.
    package init(
        key: TokenKey, provider: any IdentityProvider, verifier: any IDTokenVerifier, listener: any RedirectListener,
        browser: any Browser, random: any RandomSource, digester: any Digester, time: any TimeSource, log: any Log,
        timeout: Double
    ) {
        exchange = SignInExchange(key: key, provider: provider, verifier: verifier, time: time, log: log)
        self.listener = listener
        self.browser = browser
        self.random = random
        self.digester = digester
        self.log = log
        self.timeout = timeout
    }

    /// Signs in; `report` hears where it stands.
    package func callAsFunction(report: @Sendable (SignInProgress.Stage) -> Void) async throws(SignInProblem)
        -> TokenSet
    {
        let metadata = try await exchange.prepare()
        // The socket listens before the browser opens: a provider that knows the person redirects at once.
        let redirect = try opened()
        let attempt = SignInAttempt(random: random, digester: digester)
        let address = AuthorizationRequest(
            to: metadata, clientID: exchange.key.clientID, redirectURI: redirect.redirectURI, state: attempt.state,
            nonce: attempt.nonce, challenge: attempt.pkce.challenge
        ).address
        do {
            try browser.open(address)
            report(.waiting(Self.prompt(address, redirect, problem: nil)))
        } catch {
            log.write(.warning, "browser not opened", ["reason": "\(error)"])
            report(.waiting(Self.prompt(address, redirect, problem: "\(error)")))
        }
        do throws(SignInProblem) {
            let code = try await answer(redirect, attempt, metadata)
            let tokens = try await redeem(code, attempt, redirect)
            redirect.finish(.signedIn)
            return tokens
        } catch {
            redirect.finish(.failed(error))
            throw error
        }
    }

    private static func prompt(_ address: String, _ redirect: any OpenRedirect, problem: String?) -> SignInPrompt {
        SignInPrompt(address: address, way: .browser(redirectURI: redirect.redirectURI, problem: problem))
    }

    private func opened() throws(SignInProblem) -> any OpenRedirect {
        do {
            return try listener.open()
        } catch {
            throw .redirect(error)
        }
    }

    private func answer(_ redirect: any OpenRedirect, _ attempt: SignInAttempt, _ metadata: ProviderMetadata)
        async throws(SignInProblem) -> Secret
    {
        let judge = { @Sendable (query: String) in
            RedirectAnswer.judge(
                query: query, state: attempt.state, issuer: metadata.issuer,
                issuerIsRequired: metadata.namesItselfInRedirect)
        }
        let query: String
        do {
            query = try await redirect.answer(within: timeout) { query in
                guard case .foreign(let reason) = judge(query) else { return .take }
                log.write(.info, "stray request ignored", ["reason": reason])
                return .ignore(reason: reason)
            }
        } catch .cancelled {
            throw .interrupted
        } catch {
            throw .redirect(error)
        }
        switch judge(query) {
        case .code(let code): return code
        case .refused(let error, let explanation): throw .denied(error: error, explanation: explanation)
        case .foreign(let reason): throw .denied(error: "invalid_response", explanation: reason)
        }
    }

    private func redeem(_ code: Secret, _ attempt: SignInAttempt, _ redirect: any OpenRedirect)
        async throws(SignInProblem) -> TokenSet
    {
        let grant = try await exchange.asking { () async throws(IdentityProviderError) in
            try await provider.redeem(
                code: code, verifier: attempt.pkce.verifier, redirectURI: redirect.redirectURI,
                by: exchange.deadline)
        }
        return try await exchange.tokens(of: grant, nonce: attempt.nonce)
    }
}

/// The secrets of one attempt, fresh each time.
struct SignInAttempt: Sendable {
    /// Binds the redirect to this attempt (RFC 6749 section 10.12).
    let state: Secret
    /// Binds the id_token to this attempt (OpenID Connect Core section 15.5.2).
    let nonce: Secret
    /// Binds the code to this process (RFC 7636).
    let pkce: PKCE

    init(random: any RandomSource, digester: any Digester) {
        state = Secret(Base64URL.encode(random.randomBytes(32)))
        nonce = Secret(Base64URL.encode(random.randomBytes(32)))
        pkce = PKCE(random: random.randomBytes(PKCE.randomByteCount)) { digester.digest($0, .sha256) }
    }
}

extension RedirectPage {
    fileprivate static let signedIn = RedirectPage(
        title: "You are signed in", text: "The terminal goes on. This page can be closed.", succeeded: true)

    fileprivate static func failed(_ problem: SignInProblem) -> RedirectPage {
        RedirectPage(title: "The sign-in did not succeed", text: "\(problem)", succeeded: false)
    }
}
