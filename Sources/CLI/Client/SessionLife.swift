import Application
import Domain

/// How long a session lasts: as long as its refresh token, or as the id_token that there is.
struct SessionLife: Sendable {
    let refreshToken: CheckRefreshToken
    let tokens: CheckToken

    /// Whether the session that there is lasts as long as is asked for; so does none at all where nothing is.
    func lasts(_ minimum: Int64?) async -> Bool {
        guard let minimum else { return true }
        // The provider need not be asked for what an id_token has in writing.
        if tokens.idTokenLife() >= minimum { return true }
        guard let left = try? await refreshToken() else { return false }
        return left >= minimum
    }

    /// Why the session may not last as long as it shall; nil where it does.
    func shortcoming(_ minimum: Int64) async -> String? {
        let wanted = GoDuration.text(seconds: minimum)
        let life = tokens.idTokenLife()
        // A provider whose sessions are just as long as that counts from when it issued the token.
        if life + 5 >= minimum { return nil }
        do {
            let left = try await refreshToken()
            if left + 5 >= minimum { return nil }
            return "the session lasts \(GoDuration.text(seconds: max(left, life))), not the \(wanted) that --min-ttl "
                + "asks for. Ask for less, or have the provider's administrator lengthen its sessions."
        } catch RefreshTokenProblem.none {
            return "the session does not last the \(wanted) that --min-ttl asks for: the provider gave no refresh "
                + "token, and an id_token for \(GoDuration.text(seconds: life)). Have its administrator allow this client the "
                + "scope offline_access."
        } catch {
            return "whether the session lasts the \(wanted) that --min-ttl asks for is not known: \(error)"
        }
    }
}
