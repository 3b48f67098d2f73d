import Domain

extension StandInIdentityProvider {
    /// The introspection endpoint (RFC 7662).
    func introspect(_ request: StandInRequest) -> StandInAnswer {
        guard request.method == "POST" else { return .wrongMethod }
        let settings = settings
        do throws(OAuthRefusal) {
            let (form, clientID) = try publicClient(request)
            guard settings.introspectsForPublicClients else {
                throw .invalidClient("a public client may not introspect")
            }
            guard let token = form["token"] else { throw .invalidRequest("there is no token") }
            let now = desk.now()
            let expiry = ledger.with { $0.activeUntil(token, clientID: clientID, now: now) }
            guard let expiry else {
                return .json(["active": false], headers: [("Cache-Control", "no-store")], outcome: "inactive")
            }
            var members: [String: JSONValue] = ["active": true, "client_id": .string(clientID)]
            if settings.introspectionTellsExpiry { members["exp"] = .integer(expiry.seconds) }
            return .json(.object(members), headers: [("Cache-Control", "no-store")], outcome: "active")
        } catch {
            return error.answer
        }
    }

    /// The revocation endpoint (RFC 7009): 200, whether the token was known or not.
    func revoke(_ request: StandInRequest) -> StandInAnswer {
        guard request.method == "POST" else { return .wrongMethod }
        do throws(OAuthRefusal) {
            let (form, clientID) = try publicClient(request)
            guard let token = form["token"] else { throw .invalidRequest("there is no token") }
            ledger.with { $0.revoke(token, clientID: clientID) }
            return StandInAnswer(status: 200)
        } catch {
            return error.answer
        }
    }
}
