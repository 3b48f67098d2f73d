import Domain
import Testing

@Suite("What holds of every trust policy")
struct TrustPolicyPropertyTests {
    @Test("Whatever else a policy says, one more Deny lets nobody in, and the order says nothing")
    func properties() throws {
        var generator = SeededGenerator(seed: 5)
        let rank: (TrustPolicy.Verdict) -> Int = { verdict in
            switch verdict {
            case .refused: 0
            case .conditional: 1
            case .allowed: 2
            }
        }
        for _ in 0..<2000 {
            let statements = (0..<Int.random(in: 1...4, using: &generator)).map { _ in Self.random(&generator) }
            let before = TrustPolicy(statements).verdict(for: try identity())
            let shuffled = TrustPolicy(statements.shuffled(using: &generator)).verdict(for: try identity())
            #expect(rank(before) == rank(shuffled))
            var deny = Self.random(&generator)
            deny = TrustPolicy.Statement(.deny, deny.principal, deny.actions, conditions: deny.conditions)
            #expect(rank(TrustPolicy(statements + [deny]).verdict(for: try identity())) <= rank(before))
            let everyone = TrustPolicy.Statement(.deny, .everyone, .listed(["*"]))
            #expect(TrustPolicy(statements + [everyone]).verdict(for: try identity()) == .refused)
            // A condition more never lets anybody in who was not before.
            let narrowed = statements.map { statement in
                TrustPolicy.Statement(
                    statement.effect, statement.principal, statement.actions,
                    conditions: statement.conditions
                        + (statement.effect == .allow ? [condition("StringEquals", subject, "x")] : []))
            }
            #expect(rank(TrustPolicy(narrowed).verdict(for: try identity())) <= rank(before))
        }
    }

    private static func random(_ generator: inout SeededGenerator) -> TrustPolicy.Statement {
        let principals: [TrustPolicy.Principal] = [
            .everyone, .everyoneBut, .listed(["Federated": [providerARN]]), .listed(["AWS": ["arn:aws:iam::1:root"]]),
        ]
        let actions: [TrustPolicy.Actions] = [.listed(["sts:*"]), .allBut(["sts:TagSession"]), .listed(["sts:Tag*"])]
        let comparisons = ["StringEquals", "StringNotLike", "ForAllValues:StringLike", "NumericEquals", "Null"]
        let keys = [audience, subject, "aws:SourceIp", "other.example.com:aud"]
        let values = ["app", "a*", "*", "true", "x", "${aws:x}"]
        let conditions = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
            TrustPolicy.Condition(
                comparisons.randomElement(using: &generator) ?? "", keys.randomElement(using: &generator) ?? "",
                [values.randomElement(using: &generator) ?? ""])
        }
        return TrustPolicy.Statement(
            Bool.random(using: &generator) ? .allow : .deny, principals.randomElement(using: &generator) ?? .everyone,
            actions.randomElement(using: &generator) ?? .listed([]),
            conditions: Bool.random(using: &generator) ? [isApp] + conditions : conditions)
    }
}
