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

    /// Any bytes, up to so many.
    mutating func bytes(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Any Unicode text; what formats trip over comes often.
    mutating func text() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...24, using: &self) {
            text.append(scalar())
        }
        return String(text)
    }

    private mutating func scalar() -> Unicode.Scalar {
        let kinds: [ClosedRange<UInt32>] = [
            0x00...0x1F, 0x20...0x7E, 0x7F...0xFF, 0x300...0x36F, 0x2028...0x202E, 0xE000...0xFFFF,
            0x1_F300...0x1_F6FF, 0...0x10_FFFF,
        ]
        let special: [Unicode.Scalar] = ["%", "|", " ", "\"", "\\", "\n", "\r", "/", "\u{0}", "\u{301}", "\u{FEFF}"]
        guard Bool.random(using: &self), let kind = kinds.randomElement(using: &self),
            let scalar = Unicode.Scalar(UInt32.random(in: kind, using: &self))
        else { return special[Int.random(in: 0..<special.count, using: &self)] }
        return scalar
    }
}
