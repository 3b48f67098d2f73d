import Domain
import Ports

extension Probe {
    /// Produces again and again, each time with a checkpoint, until it is killed: a process that is hardly ever outside of
    /// the store's calls.
    func churn(_ key: TokenKey) async throws -> String {
        let store = store()
        let first = Int(arguments["first"] ?? "") ?? 0
        for number in first... {
            _ = try await store.produce(
                key, .refresh, waitingUntil: nil, isEnough: { _ in false }, isRight: { _ in false }
            ) { production throws(ProductionStop) in
                do {
                    try production.reserve()
                    try production.checkpoint(MadeUp.tokens("half", refresh: "\(number)", expiry: 1))
                } catch {
                    throw ProductionStop(error)
                }
                return MadeUp.tokens("\(number)", expiry: 1)
            }
            if number == first { Console.say("churning") }
        }
        return "error out of numbers"
    }
}
