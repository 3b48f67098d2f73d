import Locking

/// How fast one caller may ask: as fast as it likes, until it is told that this is too fast.
///
/// Each throttled request doubles the pause before the next ones, up to some seconds; each that goes well shortens it.
final class Pace: Sendable {
    private let pause = Guarded(0.0)

    /// Seconds to wait before the next request, spread by a random fraction.
    func wait(_ fraction: Double) -> Double {
        let pause = pause.with { $0 }
        return pause == 0 ? 0 : pause * (0.5 + fraction)
    }

    /// A request was throttled.
    func slowDown() { pause.with { $0 = min(max($0 * 2, 0.25), 8) } }

    /// A request went well.
    func speedUp() { pause.with { $0 = $0 < 0.05 ? 0 : $0 * 0.7 } }
}
