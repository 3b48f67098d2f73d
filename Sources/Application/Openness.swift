import Domain

/// How a role lets in clients that its policy does not name: no profile is made of that, but whoever owns the account
/// should know.
struct Openness {
    private enum Extent {
        case everyClient
        /// All but those that the policy excludes, by name or by pattern.
        case allButSome
        /// Only these of those that are known.
        case some([String])
    }

    private let extent: Extent
    /// What it depends on besides; nil where on nothing.
    private let condition: String?

    /// What a policy does; nil where it lets in nobody whom it does not name.
    ///
    /// - Parameters:
    ///   - known: the clients that are registered, or named, in their order.
    ///   - identity: a client by its name.
    init?(_ policy: TrustPolicy, _ known: [WebIdentity], _ identity: (String) -> WebIdentity?) {
        let verdicts = known.map { ($0.clientID.text, policy.verdict(forAnyClientLike: $0)) }
        let letIn = verdicts.filter { $0.1 != .refused }
        // One that nobody has heard of stands for all of those.
        let names = Set(known.map(\.clientID.text))
        var stranger = "no-client-has-this-name"
        while names.contains(stranger) { stranger += "-" }
        let other = identity(stranger).map { policy.verdict(forAnyClientLike: $0) } ?? .refused
        if other == .refused {
            guard !letIn.isEmpty else { return nil }
            extent = .some(letIn.map(\.0))
        } else {
            extent = letIn.count == known.count ? .everyClient : .allButSome
        }
        // Where one is let in for certain, the role is open for certain.
        let found = letIn.map(\.1) + [other].filter { $0 != .refused }
        if !found.contains(.allowed), case .conditional(let reason)? = found.first {
            condition = reason
        } else {
            condition = nil
        }
    }

    /// What follows the role's name in a sentence.
    func sentence(_ provider: FederatedProvider) -> String {
        let verb = condition == nil ? "lets" : "may let"
        let whom =
            switch extent {
            case .everyClient: "\(condition == nil ? "every" : "any") client of \(provider.name) in"
            case .allButSome: "in every client of \(provider.name) but those that it excludes"
            case .some(let clients):
                "clients of \(provider.name) in that it does not name one by one, such as "
                    + clients.prefix(3).map { "\"\(PrintableText.line($0))\"" }.joined(separator: ", ")
            }
        return "\(verb) \(whom)" + (condition.map { " (\($0))" } ?? "")
    }
}
