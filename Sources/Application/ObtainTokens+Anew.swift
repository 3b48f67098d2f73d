package import Domain
import Ports

extension ObtainTokens {
    /// For how long a store that can't be read is asked again, in seconds.
    private static let readTime = 5.0

    /// Has the person sign in though they are signed in: for a session that would end too soon, or to start afresh.
    ///
    /// What is there when this begins will not do, nor what a refresh makes of it; a sign-in under way will, whoever began
    /// it, so that many who want this at once share one. The old tokens stay until the new ones are there.
    package func signInAnew(_ attendance: Attendance) async throws(SignInProblem) -> TokenSet {
        guard let current = try await current() else { return try await self(.allTokens, .attended(attendance)) }
        return try await signIn(after: current, .attended(attendance))
    }

    /// The same for what is there; without a word where nothing is.
    package func replace(_ attendance: Attendance) async throws(SignInProblem) {
        guard let current = try await current() else { return }
        _ = try await signIn(after: current, .attended(attendance))
    }

    private func signIn(after old: TokenSet, _ manner: Manner) async throws(SignInProblem) -> TokenSet {
        let (began, need) = (time.uptime(), TokenNeed.signIn(after: old))
        return try await produced(need, manner, since: began) { production throws(ProductionStop) in
            try await renewal.signInAnew(production, need, manner, began: began)
        } orElse: { error throws(SignInProblem) in
            try await renewal.signInUnstored(error, manner)
        }
    }

    private func current() async throws(SignInProblem) -> TokenSet? {
        let end = time.uptime() + Self.readTime
        while true {
            do {
                return try store.read(key)?.tokens
            } catch {
                // Such a store holds nothing.
                if error.leavesSignIn { return nil }
                guard error.mayPass, time.uptime() < end, !Task.isCancelled else { throw .store(error) }
            }
            await time.sleep(seconds: 0.2)
        }
    }
}
