import Domain
import OpenSSL
import Ports

extension StandInIdentityProvider {
    /// The token endpoint (RFC 6749 sections 4.1.3 and 6).
    func token(_ request: StandInRequest) -> StandInAnswer {
        guard request.method == "POST" else { return .wrongMethod }
        do throws(OAuthRefusal) {
            let (form, clientID) = try publicClient(request)
            switch form["grant_type"] {
            case "authorization_code": return try redeem(form, clientID)
            case "refresh_token": return try refresh(form, clientID)
            case Self.deviceGrantType:
                let (id, signIn) = try redeemDevice(form, clientID)
                return try firstGrant(id, signIn, desk.now())
            default:
                throw OAuthRefusal(code: "unsupported_grant_type", explanation: "only codes and refresh tokens")
            }
        } catch {
            return error.answer
        }
    }

    /// The form and the client that a request to a back-channel endpoint names.
    func publicClient(_ request: StandInRequest) throws(OAuthRefusal) -> (FormFields, clientID: String) {
        guard let form = request.form else { throw .invalidRequest("the body is no form") }
        if let name = form.repeatedName { throw .invalidRequest("\(name) stands there twice") }
        guard request.headers["authorization"] == nil, form["client_secret"] == nil else {
            throw .invalidClient("a public client has no secret")
        }
        guard let clientID = form["client_id"], settings.clientIDs.contains(clientID) else {
            throw .invalidClient("client_id names no client of this provider")
        }
        return (form, clientID)
    }

    private func redeem(_ form: FormFields, _ clientID: String) throws(OAuthRefusal) -> StandInAnswer {
        guard let code = form["code"] else { throw .invalidRequest("there is no code") }
        guard let verifier = form["code_verifier"], (43...128).contains(verifier.utf8.count) else {
            throw .invalidRequest("code_verifier is missing, or its length is not 43 to 128")
        }
        let challenge = Base64URL.encode(cryptography.digest(Array(verifier.utf8), .sha256))
        let now = desk.now()
        let redeemed: Result<(id: Int, SignInLedger.SignIn), OAuthRefusal> = ledger.with { ledger in
            Result { () throws(OAuthRefusal) in
                try ledger.redeem(
                    code, clientID: clientID, redirectURI: form["redirect_uri"], challenge: challenge, now: now)
            }
        }
        let (id, signIn) = try redeemed.get()
        return try firstGrant(id, signIn, now)
    }

    private func firstGrant(_ id: Int, _ signIn: SignInLedger.SignIn, _ now: Timestamp) throws(OAuthRefusal)
        -> StandInAnswer
    {
        let wantsRefreshToken = signIn.scopes.contains("offline_access") && settings.givesRefreshTokens
        return try grant(id, signIn, refreshToken: wantsRefreshToken ? .new : .none, isRefreshed: false, now)
    }

    /// The `grant_type` of a sign-in on another device.
    static let deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code"

    private func refresh(_ form: FormFields, _ clientID: String) throws(OAuthRefusal) -> StandInAnswer {
        guard let token = form["refresh_token"] else { throw .invalidRequest("there is no refresh_token") }
        let settings = settings
        let now = desk.now()
        let refreshed: Result<(id: Int, SignInLedger.SignIn), OAuthRefusal> = ledger.with { ledger in
            Result { () throws(OAuthRefusal) in
                try ledger.refresh(
                    token, clientID: clientID, rotation: settings.rotation, grace: settings.rotationGrace, now: now)
            }
        }
        let (id, signIn) = try refreshed.get()
        let answered: AnsweredRefreshToken =
            switch settings.rotation {
            case .off: .same(token)
            case .offAndUnnamed: .none
            case .on, .onWithReuseDetection: .new
            }
        return try grant(id, signIn, refreshToken: answered, isRefreshed: true, now)
    }

    private enum AnsweredRefreshToken {
        case none
        case same(String)
        case new
    }

    private func grant(
        _ id: Int, _ signIn: SignInLedger.SignIn, refreshToken: AnsweredRefreshToken, isRefreshed: Bool,
        _ now: Timestamp
    ) throws(OAuthRefusal) -> StandInAnswer {
        desk.change { settings in
            guard settings.rotatesKeyBeforeNextSigning else { return }
            settings.rotatesKeyBeforeNextSigning = false
            settings.keyGeneration += 1
        }
        let settings = settings
        let accessToken = "at-" + randomText(24)
        let accessTokenLife = settings.accessTokenLife ?? settings.tokenLife
        ledger.with { $0.keep(accessToken: accessToken, of: id, until: now + accessTokenLife) }
        var members: [String: JSONValue] = [
            "access_token": .string(accessToken), "token_type": "Bearer", "expires_in": .integer(accessTokenLife),
            "scope": .string(signIn.scopes.sorted().joined(separator: " ")),
        ]
        switch refreshToken {
        case .none: break
        case .same(let token): members["refresh_token"] = .string(token)
        case .new:
            let token = "rt-" + randomText(32)
            ledger.with { $0.keep(refreshToken: token, of: id, until: now + settings.refreshTokenLife) }
            members["refresh_token"] = .string(token)
            if settings.tellsRefreshTokenLife { members["refresh_expires_in"] = .integer(settings.refreshTokenLife) }
        }
        if !isRefreshed || settings.refreshAnswersIDToken {
            let fault = isRefreshed ? settings.refreshedIDTokenFault ?? settings.idTokenFault : settings.idTokenFault
            do throws(UnusableKey) {
                let idToken = try IDTokenWriter(settings: settings, issuer: issuer, fault: fault)
                    .write(for: signIn, isRefreshed: isRefreshed, accessToken: accessToken, now: now, keys: keys)
                members["id_token"] = idToken.map { .string($0) }
            } catch {
                throw OAuthRefusal(code: "server_error", explanation: error.reason, status: 500)
            }
        }
        return .json(.object(members), headers: [("Cache-Control", "no-store"), ("Pragma", "no-cache")])
    }
}
