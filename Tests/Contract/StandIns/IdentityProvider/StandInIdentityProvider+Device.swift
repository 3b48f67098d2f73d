import Domain

extension StandInIdentityProvider {
    /// The device authorization endpoint (RFC 8628 section 3.1).
    func authorizeDevice(_ request: StandInRequest) -> StandInAnswer {
        guard request.method == "POST" else { return .wrongMethod }
        do throws(OAuthRefusal) {
            let (form, clientID) = try publicClient(request)
            let settings = settings
            let scopes = Set((form["scope"] ?? "").split(separator: " ").map(String.init))
            let code = randomText(24)
            let signIn = SignInLedger.SignIn(
                clientID: clientID, user: settings.user, nonce: "", scopes: scopes, moment: desk.now())
            ledger.with { $0.keep(signIn, deviceCode: code) }
            var members: [String: JSONValue] = [
                "device_code": .string(code), "user_code": .string(Self.userCode),
                "verification_uri": .string(issuer + "/device"), "expires_in": .integer(settings.deviceCodeLife),
                "interval": 1,
            ]
            if settings.namesCompleteAddress {
                members["verification_uri_complete"] = .string(issuer + "/device?user_code=" + Self.userCode)
            }
            return .json(.object(members), headers: [("Cache-Control", "no-store")])
        } catch {
            return error.answer
        }
    }

    /// What the person is to enter.
    package static let userCode = "WDJB-MJHT"

    /// The one whom a device code stands for, once the answers that the settings name were given (RFC 8628 section 3.5).
    func redeemDevice(_ form: FormFields, _ clientID: String) throws(OAuthRefusal) -> (id: Int, SignInLedger.SignIn) {
        guard let code = form["device_code"] else { throw .invalidRequest("there is no device_code") }
        let answers = settings.deviceAnswers
        let redeemed: Result<(id: Int, SignInLedger.SignIn), OAuthRefusal> = ledger.with { ledger in
            Result { () throws(OAuthRefusal) in
                try ledger.redeem(deviceCode: code, clientID: clientID, after: answers)
            }
        }
        return try redeemed.get()
    }
}
