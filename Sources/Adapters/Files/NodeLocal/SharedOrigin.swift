import Ports

/// Which record of the shared store a host's own one came from.
struct SharedOrigin: Sendable, Equatable {
    /// The shared record's generation; 0 where nothing was there.
    var generation: UInt64
    /// What this host has made of it since by itself, which the shared store has not got; nil where it is a mere copy.
    var alone: ProductionPurpose?

    /// The SHA-256 of a refresh token that this host sent there without being told whether it arrived; empty where there is none.
    ///
    /// A shared record with that token is this host's own earlier work.
    var offered: String

    init(generation: UInt64, alone: ProductionPurpose? = nil, offered: String = "") {
        self.generation = generation
        self.alone = alone
        self.offered = offered
    }

    /// Reads it back; nil where it is not whole.
    init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, words[3] == ".", let generation = UInt64(words[0]) else { return nil }
        self.init(generation: generation, offered: words[2])
        guard words[1] != "-" else { return }
        guard let purpose = ProductionPurpose(rawValue: words[1]) else { return nil }
        alone = purpose
    }

    /// As it stands in a file.
    var text: String { "\(generation) \(alone?.rawValue ?? "-") \(offered) ." }
}

/// Where the records come from that a host's own store publishes; it changes while something is produced.
struct RecordSource: Sendable {
    /// The shared record, where that is known.
    var origin: SharedOrigin?
    /// Nothing is to be published any more: the shared store has something newer, or a removal.
    var isWithheld = false
    /// Whether they are taken from the shared store as they are.
    var isCopy = false
}

/// A look at a host's own store.
struct HostRecord: Sendable {
    /// What is there.
    var stored: StoredTokens?
    /// Where it came from; nil where nobody wrote that down: the tool that this one replaces, or a process that ended between
    /// record and state.
    let origin: SharedOrigin?
    /// Where that is nil: where the record before it came from, which it was made after.
    let before: SharedOrigin?
    /// Whether it is a copy, or but a rotated refresh token: whatever came of it is to be found elsewhere.
    let isCopy: Bool

    init(stored: StoredTokens?, origin: SharedOrigin?, before: SharedOrigin? = nil, isCopy: Bool = false) {
        self.stored = stored
        self.origin = origin
        self.before = before
        self.isCopy = isCopy
    }

    init(_ files: TokenFiles, _ look: TokenFiles.Look) {
        self.init(
            stored: files.stored(look), origin: look.isOurs ? look.state.origin : nil,
            before: look.isOurs ? nil : look.state.origin,
            isCopy: look.isOurs && (look.state.isCheckpoint || look.state.isCopy))
    }

    /// The shared record that it is based on, as far as that is known.
    var base: SharedOrigin? { origin ?? before }
}
