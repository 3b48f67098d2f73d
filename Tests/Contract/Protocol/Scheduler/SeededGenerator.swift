/// A generator whose numbers are the same in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether something of that probability happens.
    mutating func chance(_ probability: Double) -> Bool {
        probability > 0 && fraction() < probability
    }

    /// A number below 1, none of them likelier than another.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number between these.
    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * fraction() }

    /// A whole number below that one.
    mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(count)) }

    /// One of these.
    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
}
