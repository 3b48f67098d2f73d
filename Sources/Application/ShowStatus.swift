package import Domain
package import Ports

/// Tells who is signed in and what is cached, from what this host can read: nothing is asked, nothing renewed.
package struct ShowStatus: Sendable {
    let time: any TimeSource

    /// The look at this moment.
    package init(time: any TimeSource) {
        self.time = time
    }

    /// The sign-ins of these keys, each in its store and with what its host knows of it, and these cached credentials.
    package func callAsFunction(
        _ keys: [(key: TokenKey, store: any TokenStore, verdicts: any VerdictBoard, place: String?)],
        _ credentials: [CredentialsHeader]
    ) -> StatusOutput {
        let now = time.now()
        let sessions = keys.map { key, store, verdicts, place in
            do throws(TokenStoreError) {
                let stored = try store.read(key)
                if stored == nil, let damage = store.damage(key) { throw damage }
                let tokens = stored?.tokens
                let isRevoked = tokens.map { $0.idTokenMark == verdicts.revokedMark(key) } ?? false
                return StatusOutput.Session(key, isRevoked ? nil : tokens, at: now, place: place)
            } catch {
                return StatusOutput.Session(key, problem: "\(error)", place: place)
            }
        }
        return StatusOutput(sessions: sessions, credentials: credentials.map { .init($0, at: now) })
    }
}
