package import Domain
import Ports

extension ObtainTokens {
    /// Has the person sign in though they are signed in: for a session that would end too soon.
    ///
    /// The old tokens stay until the new ones are there.
    package func signInAnew(_ attendance: Attendance) async throws(SignInProblem) -> TokenSet {
        let current: TokenSet?
        do {
            current = try store.read(key)?.tokens
        } catch {
            throw .store(error)
        }
        guard let current else { return try await self(.allTokens, .attended(attendance)) }
        let need = TokenNeed.idToken(otherThan: current.idToken)
        do {
            return try await store.produce(
                key, .refresh, waitingUntil: nil, isEnough: { need.isMet(by: $0, at: time.now()) },
                isRight: { need.isRight($0) },
                body: { production throws(ProductionStop) in
                    let underWay: SignInUnderWay?
                    do {
                        underWay = try await start(production, need, attendance)
                    } catch {
                        throw ProductionStop(error)
                    }
                    throw ProductionStop(underWay ?? SignInProblem.lost as any Error)
                }
            ).tokens
        } catch .stopped(let signIn as SignInUnderWay) {
            guard let tokens = try await awaitSignIn(need, started: signIn.started, attendance.consoleUse) else {
                throw .lost
            }
            return tokens
        } catch .stopped(let problem as SignInProblem) {
            throw problem
        } catch {
            throw .store(error)
        }
    }

    private func start(_ production: any TokenProduction, _ need: TokenNeed, _ attendance: Attendance) async throws
        -> SignInUnderWay?
    {
        try renewal.startSignIn(production, need, .attended(attendance))
    }
}
