extension TrustPolicy {
    /// Whether a token would be let in.
    package enum Verdict: Sendable, Hashable {
        case allowed
        /// Something can't be judged from outside, and what.
        case conditional(String)
        case refused
    }

    /// The action that a role map is about.
    static let action = "sts:AssumeRoleWithWebIdentity"

    /// Whether the policy lets a token assume the role (IAM, "Policy evaluation logic": a Deny wins, and what nobody allows is refused).
    ///
    /// Only statements that say which client they are for count: one that lets any client in makes no profile.
    package func verdict(for identity: WebIdentity) -> Verdict {
        let allows = statements.filter { $0.effect == .allow && $0.names(aClientOf: identity.provider) }
        return verdict(allows, identity)
    }

    /// Whether the policy lets a token in without saying which client it has to be for: what whoever owns the account should know.
    package func verdict(forAnyClientLike identity: WebIdentity) -> Verdict {
        let allows = statements.filter { $0.effect == .allow && !$0.names(aClientOf: identity.provider) }
        return verdict(allows, identity)
    }

    private func verdict(_ allows: [Statement], _ identity: WebIdentity) -> Verdict {
        func sum(_ statements: [Statement]) -> Certainty {
            statements.reduce(.no) { $0 || $1.applies(to: identity, hasVariables: hasVariables) }
        }
        switch sum(allows) && !sum(statements.filter { $0.effect == .deny }) {
        case .yes: return .allowed
        case .no: return .refused
        case .maybe(let reason): return .conditional(reason)
        }
    }

    /// The clients that the policy names to the letter for tokens of a provider.
    package func namedClients(of provider: FederatedProvider) -> Set<String> {
        var clients: Set<String> = []
        for statement in statements where statement.effect == .allow {
            for condition in statement.conditions where condition.isAboutClient(of: provider) {
                let isPattern = Condition.Operator(condition.comparison).kind == .like
                clients.formUnion(condition.values.filter { !(isPattern && $0.contains { $0 == "*" || $0 == "?" }) })
            }
        }
        return clients
    }

    /// The OpenID Connect providers whose tokens the policy is about, by their names in IAM.
    package var openIDProviders: Set<String> {
        statements.reduce(into: []) { names, statement in
            guard statement.effect == .allow, case .listed(let kinds) = statement.principal else { return }
            names.formUnion((kinds["Federated"] ?? []).compactMap(FederatedProvider.name(in:)))
        }
    }

    /// Whether a statement might let tokens of a provider in: a quick look, before anything is asked for.
    package func mayConcern(_ provider: FederatedProvider, partition: Partition, accountID: String) -> Bool {
        statements.contains {
            $0.effect == .allow && $0.actionApplies
                && $0.includes(provider, partition: partition, accountID: accountID) != .no
        }
    }
}

extension TrustPolicy.Statement {
    /// Whether it says which client a token has to be for.
    fileprivate func names(aClientOf provider: FederatedProvider) -> Bool {
        conditions.contains { $0.isAboutClient(of: provider) }
    }

    fileprivate func applies(to identity: WebIdentity, hasVariables: Bool) -> Certainty {
        var result = Certainty(actionApplies)
        result = result && includes(identity.provider, partition: identity.partition, accountID: identity.accountID)
        for condition in conditions {
            result = result && condition.holds(for: identity, hasVariables: hasVariables)
        }
        if !unknownElements.isEmpty {
            result = result && .maybe("its policy has \(unknownElements.joined(separator: ", "))")
        }
        return result
    }

    fileprivate var actionApplies: Bool {
        func matches(_ patterns: [String]) -> Bool {
            patterns.contains { PolicyPattern.matches($0.lowercased(), TrustPolicy.action.lowercased()) }
        }
        return switch actions {
        case .listed(let patterns): matches(patterns)
        case .allBut(let patterns): !matches(patterns)
        }
    }

    fileprivate func includes(_ provider: FederatedProvider, partition: Partition, accountID: String) -> Certainty {
        switch principal {
        case .everyone:
            return effect == .deny ? .yes : .maybe("its principal is *")
        case .everyoneBut:
            return .maybe("it has NotPrincipal")
        case .listed(let kinds):
            let federated = kinds["Federated"] ?? []
            if federated.contains(where: { provider.isNamed(by: $0, partition: partition, accountID: accountID) }) {
                return .yes
            }
            if federated.contains("*") || (kinds["AWS"] ?? []).contains("*") {
                return effect == .deny ? .yes : .maybe("its principal is *")
            }
            return .no
        }
    }
}

extension TrustPolicy.Condition {
    /// Whether it demands that a token is for certain clients of that provider.
    fileprivate func isAboutClient(of provider: FederatedProvider) -> Bool {
        guard provider.claim(ofKey: key) == "aud" else { return false }
        let comparison = Operator(comparison)
        guard !comparison.isNegated else { return false }
        return switch comparison.kind {
        case .equals: true
        case .like: values.allSatisfy(PolicyPattern.isConcrete)
        case .null, .other: false
        }
    }
}
