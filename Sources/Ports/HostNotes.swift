/// What this host's processes tell one another, beside a store that other hosts share: small files of this host, and a queue.
package protocol HostNotes: Sendable {
    /// What was written down under that name, by whichever process of this host; nil where nothing is.
    func note(_ name: String) -> [UInt8]?

    /// Writes it down, for every process of this host; it may fail without a word.
    func write(_ bytes: [UInt8], to name: String)

    /// The queue of that name: one process of this host at a time is at its head. nil where this host has no place for it.
    func queue(_ name: String) -> (any ProductionRight)?
}
