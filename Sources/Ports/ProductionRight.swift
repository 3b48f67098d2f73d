package import Domain

/// The right to produce for one key, which one process of this host has at a time.
package protocol ProductionRight: Sendable {
    /// Takes it if nobody has it; else tells who does, as far as that is known.
    func take() throws(TokenStoreError) -> ProductionRightOutcome
}

/// What came of taking a right.
package enum ProductionRightOutcome: Sendable {
    /// It is ours.
    case held(any HeldRight)
    /// Somebody else has it.
    case busy(RightHolder?)
}

/// A right that is ours until it is given back, or this process ends.
package protocol HeldRight: Sendable {
    /// Writes down who has it, for those who wait.
    func note(_ purpose: ProductionPurpose, since: Timestamp)

    /// Gives it back.
    func end()
}

/// How long others are waited for, in seconds.
package struct ProductionLimits: Sendable {
    /// Somebody else's refresh.
    package let refresh: Double
    /// Somebody else's sign-in.
    package let signIn: Double

    /// These limits.
    package init(refresh: Double, signIn: Double) {
        self.refresh = refresh
        self.signIn = signIn
    }
}
