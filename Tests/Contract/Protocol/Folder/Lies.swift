/// How a network file system lies, each with its probability a call.
struct Lies {
    /// How old a listing, an absence or a place of a name may be, in seconds; how often it is.
    var staleness = 0.0
    var stale = 0.0
    /// Whether a host may be shown something older than it was shown before (several servers behind one name).
    var goesBack = false
    /// A call that fails and did nothing.
    var failure = 0.0
    /// A call that fails and did all the same.
    var lostReply = 0.0
    /// A call that fails and is done later all the same, when nobody expects it.
    var late = 0.0
    /// Where link(2) failed, looking at the open file's link count fails too.
    var noLinkCount = 0.0
    /// The server goes away for this host, a call; for so long at most.
    var outage = 0.0
    var longestOutage = 60.0
    /// No room.
    var full = 0.0

    /// A file system that shows what is.
    static let none = Lies()
}

/// What the dice have decided for a call.
enum Fate {
    case done
    /// Fails, and nothing was done.
    case failed(Int32)
    /// Fails, and it was done.
    case lost(Int32)
    /// Fails, and is done so many seconds later.
    case late(Int32, Double)
}
