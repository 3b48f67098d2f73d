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

/// How long things take in a store that several hosts share, in seconds.
///
/// Right < silence < waiting: in any other order nobody ever takes over, or two hold a right at once.
package struct ProductionTimes: Sendable {
    /// How often a holder shows that it is alive.
    package let beat: Double
    /// How long a right lasts from the start of the last beat that went through.
    package let right: Double
    /// How long a holder must have been silent before another host takes over.
    package let silence: Double
    /// How long a request that was sent may still take.
    package let request: Double

    /// The times of the product.
    package static let standard = ProductionTimes(beat: 5, right: 30, silence: 45, request: 15)

    /// These times.
    package init(beat: Double, right: Double, silence: Double, request: Double) {
        self.beat = beat
        self.right = right
        self.silence = silence
        self.request = request
    }

    /// These times, so many times as long.
    package func scaled(by factor: Double) -> ProductionTimes {
        ProductionTimes(
            beat: beat * factor, right: right * factor, silence: silence * factor, request: request * factor)
    }
}
