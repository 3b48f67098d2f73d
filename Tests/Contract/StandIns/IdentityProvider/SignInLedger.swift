import Domain

/// Which codes and tokens a provider has given, and what each is still good for.
struct SignInLedger: Sendable {
    /// One sign-in, and the tokens that descend from it.
    struct SignIn: Sendable {
        let clientID: String
        let user: StandInIdentityProvider.User
        let nonce: String
        let scopes: Set<String>
        let moment: Timestamp
    }

    /// What the authorization request said of its code.
    struct CodeTerms: Sendable {
        let redirectURI: String
        let challenge: String
        let expiry: Timestamp
    }

    private struct Code: Sendable {
        let signIn: Int
        let terms: CodeTerms
        var isUsed = false
    }

    private struct DeviceCode: Sendable {
        let signIn: Int
        var questions = 0
    }

    private struct Token: Sendable {
        let signIn: Int
        let expiry: Timestamp
        var replacedAt: Timestamp?
    }

    private var signIns: [Int: SignIn] = [:]
    private var ended: Set<Int> = []
    private var codes: [String: Code] = [:]
    private var deviceCodes: [String: DeviceCode] = [:]
    private var refreshTokens: [String: Token] = [:]
    private var accessTokens: [String: Token] = [:]

    mutating func keep(_ signIn: SignIn, code: String, _ terms: CodeTerms) {
        let id = signIns.count
        signIns[id] = signIn
        codes[code] = Code(signIn: id, terms: terms)
    }

    mutating func keep(_ signIn: SignIn, deviceCode: String) {
        let id = signIns.count
        signIns[id] = signIn
        deviceCodes[deviceCode] = DeviceCode(signIn: id)
    }

    /// Takes a device code: each question before the last gets one of these refusals, and then it is used up.
    mutating func redeem(deviceCode: String, clientID: String, after refusals: [String]) throws(OAuthRefusal) -> (
        id: Int, SignIn
    ) {
        guard let known = deviceCodes[deviceCode], let signIn = signIns[known.signIn], signIn.clientID == clientID
        else {
            throw .invalidGrant("the device code was not issued to this client")
        }
        deviceCodes[deviceCode]?.questions += 1
        guard known.questions >= refusals.count else {
            throw OAuthRefusal(code: refusals[known.questions], explanation: "as the settings say")
        }
        deviceCodes[deviceCode] = nil
        return (known.signIn, signIn)
    }

    /// Takes a code: the first try uses it up, a second one ends the sign-in too (RFC 6749 section 4.1.2).
    mutating func redeem(
        _ code: String, clientID: String, redirectURI: String?, challenge: String, now: Timestamp
    ) throws(OAuthRefusal) -> (id: Int, SignIn) {
        guard let known = codes[code], let signIn = signIns[known.signIn], signIn.clientID == clientID else {
            throw .invalidGrant("the code was not issued to this client")
        }
        guard !known.isUsed else {
            ended.insert(known.signIn)
            throw .invalidGrant("the code was used before")
        }
        codes[code]?.isUsed = true
        guard now < known.terms.expiry else { throw .invalidGrant("the code is over") }
        guard redirectURI == known.terms.redirectURI else {
            throw .invalidGrant("redirect_uri is not that of the authorization request")
        }
        guard challenge == known.terms.challenge else {
            throw .invalidGrant("code_verifier does not fit code_challenge")
        }
        return (known.signIn, signIn)
    }

    /// Takes a refresh token; what becomes of it is for `rotation` to say.
    mutating func refresh(
        _ token: String, clientID: String, rotation: StandInIdentityProvider.Rotation, grace: Int64, now: Timestamp
    ) throws(OAuthRefusal) -> (id: Int, SignIn) {
        guard let known = refreshTokens[token], let signIn = signIns[known.signIn], signIn.clientID == clientID else {
            throw .invalidGrant("the refresh token was not issued to this client")
        }
        guard !ended.contains(known.signIn) else { throw .invalidGrant("the session is ended") }
        guard now < known.expiry else { throw .invalidGrant("the refresh token is over") }
        if let replacedAt = known.replacedAt, grace == 0 || now.since(replacedAt) > grace {
            guard rotation == .onWithReuseDetection else { throw .invalidGrant("the refresh token was used before") }
            ended.insert(known.signIn)
            var refusal = OAuthRefusal.invalidGrant("the refresh token was used before, so the session is ended")
            refusal.outcome = "invalid_grant: reuse"
            throw refusal
        }
        if rotation == .on || rotation == .onWithReuseDetection {
            refreshTokens[token]?.replacedAt = known.replacedAt ?? now
        }
        return (known.signIn, signIn)
    }

    mutating func keep(refreshToken: String, of signIn: Int, until expiry: Timestamp) {
        refreshTokens[refreshToken] = Token(signIn: signIn, expiry: expiry)
    }

    mutating func keep(accessToken: String, of signIn: Int, until expiry: Timestamp) {
        accessTokens[accessToken] = Token(signIn: signIn, expiry: expiry)
    }

    /// The expiry of a token that is good at that moment; nil for any other text.
    func activeUntil(_ token: String, clientID: String, now: Timestamp) -> Timestamp? {
        guard let known = refreshTokens[token] ?? accessTokens[token], signIns[known.signIn]?.clientID == clientID,
            known.replacedAt == nil, now < known.expiry, !ended.contains(known.signIn)
        else { return nil }
        return known.expiry
    }

    /// Revokes a token of that client: a refresh token ends its sign-in (RFC 7009 section 2.1).
    mutating func revoke(_ token: String, clientID: String) {
        if let known = refreshTokens[token], signIns[known.signIn]?.clientID == clientID {
            ended.insert(known.signIn)
        } else if let known = accessTokens[token], signIns[known.signIn]?.clientID == clientID {
            accessTokens[token] = nil
        }
    }

    mutating func endAllSessions() {
        ended.formUnion(signIns.keys)
    }
}
