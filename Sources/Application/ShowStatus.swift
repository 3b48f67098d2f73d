package import Domain
package import Ports

/// Tells who is signed in and what is cached, from what this host can read: nothing is asked, nothing renewed.
package struct ShowStatus: Sendable {
    let credentials: any CredentialsStore
    let time: any TimeSource

    /// The look at these credentials.
    package init(credentials: any CredentialsStore, time: any TimeSource) {
        self.credentials = credentials
        self.time = time
    }

    /// What is cached, with the sign-ins of these keys, each in its store.
    package func callAsFunction(_ keys: [(key: TokenKey, store: any TokenStore)]) -> StatusOutput {
        let now = time.now()
        let sessions = keys.map { key, store in
            do throws(TokenStoreError) {
                return StatusOutput.Session(key, try store.read(key)?.tokens, at: now)
            } catch {
                return StatusOutput.Session(key, problem: "\(error)")
            }
        }
        return StatusOutput(sessions: sessions, credentials: credentials.list().map { .init($0, at: now) })
    }
}
