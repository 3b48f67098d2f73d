import Domain
import Ports

/// What a producer does under its right, as the product's own flow does it.
struct Renewal: Sendable {
    let world: World
    let process: SimulatedProcess
    let maySignIn: Bool
    let isEnough: @Sendable (TokenSet) -> Bool

    enum Stop: Error {
        case needsSignIn
        case provider
        case failed
    }

    private var simulation: Simulation { world.simulation }
    private var time: VirtualTime { VirtualTime(process: process) }

    func callAsFunction(_ production: any TokenProduction) async throws(ProductionStop) -> TokenSet {
        let began = simulation.now
        do {
            if let tokens = try await refresh(production, began) { return tokens }
            guard maySignIn else { throw needsSignIn(began) }
            return try await signIn(production)
        } catch {
            throw ProductionStop(error)
        }
    }

    private func refresh(_ production: any TokenProduction, _ began: Double) async throws -> TokenSet? {
        guard let newest = try production.newest(), let token = newest.tokens.refreshToken,
            !newest.isRefreshTokenRefused
        else { return nil }
        world.checkRead(newest, by: process, began: began)
        if let tokens = try await trade(token, newest.tokens, production, began) { return tokens }
        guard let again = try production.newest(), let other = again.tokens.refreshToken, other != token else {
            try production.noteRefused(token)
            return nil
        }
        if let tokens = try await trade(other, again.tokens, production, began) { return tokens }
        try production.noteRefused(other)
        return nil
    }

    /// Sends a refresh token, if nobody else has; nil where it is refused.
    private func trade(_ token: Secret, _ old: TokenSet, _ production: any TokenProduction, _ began: Double)
        async throws
        -> TokenSet?
    {
        switch try await production.spend(token) {
        case .spent:
            simulation.note(process, "may not send", token.revealed)
            guard maySignIn else { throw needsSignIn(began) }
            return try await signIn(production)
        case .allowed(sentBy: nil): break
        case .allowed(sentBy: let end?):
            // A connection is made first: that takes its time.
            simulation.turn(process)
            if simulation.dice.chance(0.1) { await time.sleep(seconds: simulation.dice.between(0, 20)) }
            guard time.uptime() <= end else {
                production.keep(token)
                throw Stop.failed
            }
            world.checkRight(process)
        }
        let (answer, sending) = await world.provider.refresh(token.revealed, by: process)
        switch answer {
        case .invalidGrant: return nil
        case .lost: throw Stop.provider
        case .outOfOrder:
            production.keep(token)
            throw Stop.provider
        case .granted(let session, let number):
            var rotated = old
            rotated.refreshToken = Secret(StandInProvider.token(session, number))
            note(rotated, session, began)
            do {
                try production.checkpoint(rotated)
                if !process.isDead { sending.isStored = true }
            } catch {
                simulation.note(process, "no checkpoint", "\(error)")
            }
            if simulation.dice.chance(0.3) { await time.sleep(seconds: simulation.dice.between(0, 5)) }
            if !world.plan.isPlain, simulation.dice.chance(0.05) { throw Stop.failed }
            let tokens = made(session, number)
            note(tokens, session, began)
            return tokens
        }
    }

    private func needsSignIn(_ began: Double) -> Stop {
        world.checkNeed(process, began, isEnough)
        return .needsSignIn
    }

    private func signIn(_ production: any TokenProduction) async throws -> TokenSet {
        try production.reserve()
        await time.sleep(seconds: simulation.dice.between(2, 25))
        guard !process.isDead else { throw Stop.failed }
        if !world.plan.isPlain, simulation.dice.chance(0.1) { throw Stop.failed }
        let session = world.provider.signIn()
        let began = simulation.now
        world.signedInAt.append(began)
        simulation.note(process, "signs in", "\(session)")
        let tokens = made(session, 0)
        note(tokens, session, began)
        return tokens
    }

    private func made(_ session: Int, _ number: Int) -> TokenSet {
        let true_ = VirtualTime.start + Int64(simulation.now) + world.plan.life
        var tokens = PlainCoding.tokens(
            access: "a\(session).\(number)", expiry: true_, idToken: "i\(session).\(number)@\(true_)",
            refresh: StandInProvider.token(session, number))
        tokens?.refreshGivesIDToken = true
        guard let tokens else { preconditionFailure("the text has its form") }
        return tokens
    }

    private func note(_ tokens: TokenSet, _ session: Int, _ began: Double) {
        world.origins[tokens] = World.Origin(session: session, began: began, made: simulation.now, isByGo: false)
    }
}
