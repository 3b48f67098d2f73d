import Domain
import Locking
import Ports

/// Produces under the right, and waits for that no longer than until this host has an answer without it.
///
/// One process of a host finds under the right that only a sign-in helps, or that nothing does. The others, hundreds
/// perhaps, would else take the right in turn to find the same, and keep the sign-in itself waiting for its own turn.
struct AwaitTurn: Sendable {
    /// An answer that a host's processes share.
    enum Answer: Sendable {
        /// Somebody is asked to sign in.
        case signInUnderWay
        /// What one of them has found holds for all.
        case verdict(Verdict)
    }

    /// How the wait ended.
    enum Outcome: Sendable {
        /// As the store says.
        case ended(Result<ProducedTokens, TokenStoreError>)
        /// With an answer, before it was this process's turn.
        case answered(Answer)
    }

    let time: any TimeSource
    /// The answer that there is by now.
    let answer: @Sendable () -> Answer?

    /// How often it looks for one, in seconds.
    private static let interval = 0.25

    private enum Turn: Sendable {
        case awaited
        case come
        case left(Answer)
    }

    /// Runs a production of a store, whose body must call `comes` before all else.
    func callAsFunction(
        _ produce:
            @escaping @Sendable (_ comes: @escaping @Sendable () throws(ProductionStop) -> Void)
            async -> Result<ProducedTokens, TokenStoreError>
    ) async -> Outcome {
        let turn = Guarded(Turn.awaited)
        return await withTaskGroup(of: Result<ProducedTokens, TokenStoreError>?.self) { group in
            group.addTask {
                await produce { () throws(ProductionStop) in
                    let hasCome = turn.with { turn in
                        if case .left = turn { return false }
                        turn = .come
                        return true
                    }
                    guard hasCome else { throw ProductionStop(CancellationError()) }
                }
            }
            group.addTask {
                await look(turn)
                return nil
            }
            var outcome: Result<ProducedTokens, TokenStoreError>?
            while let next = await group.next() {
                outcome = outcome ?? next
                if outcome != nil || turn.with({ if case .left = $0 { true } else { false } }) { group.cancelAll() }
            }
            // What the store gave all the same is as good.
            if case .left(let answer) = turn.with({ $0 }), (try? outcome?.get()) == nil { return .answered(answer) }
            return .ended(outcome ?? .failure(.stopped(CancellationError())))
        }
    }

    /// Looks for an answer, until there is one, the turn has come, or nobody waits any more.
    private func look(_ turn: Guarded<Turn>) async {
        while true {
            await time.sleep(seconds: Self.interval)
            if Task.isCancelled { return }
            guard case .awaited = turn.with({ $0 }) else { return }
            guard let answer = answer() else { continue }
            return turn.with { turn in
                if case .awaited = turn { turn = .left(answer) }
            }
        }
    }
}
