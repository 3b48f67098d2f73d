import Domain
import Ports

/// The queue before a key's right: whoever stands in it either gets the right, or what the one before has made.
struct ProductionQueue<Records: TokenRecords>: Sendable {
    let records: Records
    let right: any ProductionRight
    let limits: ProductionLimits
    let time: any TimeSource
    let notices: any Notices
    /// Called from time to time while somebody else has the right: it may put records here that were made elsewhere.
    let elsewhere: (@Sendable () -> Void)?

    /// How the waiting ended.
    enum Turn {
        /// The right is ours.
        case mine(any HeldRight)
        /// Somebody else's tokens will do.
        case taken(TokenSet)
    }

    /// Pauses between looks, in seconds: from the first to the longest.
    private static var firstPause: Double { 0.005 }
    private static var longestPause: Double { 0.05 }
    /// How often it looks elsewhere, in seconds.
    private static var interval: Double { 5 }

    /// Waits until it is our turn, or no longer necessary.
    func turn(until deadline: Deadline?, isEnough: (TokenSet) -> Bool, isRight: (TokenSet) -> Bool)
        async throws(TokenStoreError) -> Turn
    {
        var patience = Patience(limits: limits, until: deadline, time: time, notices: notices)
        let first = try records.look()
        if let tokens = first.tokens, isEnough(tokens) { return .taken(tokens) }
        var pause = Self.firstPause
        var next = time.uptime() + Self.interval
        while true {
            let outcome = try right.take()
            let look = try records.look()
            if let tokens = look.tokens, isEnough(tokens) || isNews(look, since: first) && isRight(tokens) {
                return .taken(tokens)
            }
            let holder: RightHolder?
            switch outcome {
            case .held(let right): return .mine(right)
            case .busy(let somebody): holder = somebody
            }
            try patience.wait(for: holder)
            if let elsewhere, time.uptime() >= next {
                elsewhere()
                next = time.uptime() + Self.interval
            }
            await time.sleep(seconds: pause)
            pause = min(Self.longestPause, pause * 1.5)
        }
    }

    /// Whether somebody has published tokens since the first look: those are taken whatever this host's clock says of them.
    private func isNews(_ look: Records.Look, since first: Records.Look) -> Bool {
        look.generation > first.generation && look.isProduced
    }
}
