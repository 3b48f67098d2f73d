import Domain
import OpenSSL

extension StandInIdentityProvider {
    /// An id_token of this provider's user without a sign-in, right or wrong as it is told.
    ///
    /// - Parameter subject: another `sub` than the user's.
    package func idToken(fault: IDTokenFault? = nil, subject: String? = nil) throws -> String {
        let settings = settings
        var user = settings.user
        if let subject { user.subject = subject }
        let signIn = SignInLedger.SignIn(
            clientID: settings.clientID, user: user, nonce: "n", scopes: ["openid", "email", "groups"],
            moment: desk.now())
        let writer = IDTokenWriter(settings: settings, issuer: issuer, fault: fault)
        let token = try writer.write(for: signIn, isRefreshed: false, accessToken: "a", now: desk.now(), keys: keys)
        return token ?? ""
    }
}
