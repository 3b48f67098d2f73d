/// What stands beside a token record, in `KEY.state`: which record it is, and what is known of it.
struct TokenFileState: Sendable, Equatable {
    /// The number of the last record or removal; 0 before the first.
    var generation: UInt64 = 0
    /// The SHA-256 of the record that was published, or removed, under that number; a record with another one was written by somebody else.
    var recordHash = ""
    /// Whether that record was removed.
    var isRemoved = false
    /// Whether that record is only a rotated refresh token, stored in the middle of a refresh.
    var isCheckpoint = false
    /// The SHA-256 of a refresh token that the provider has refused; empty where none is known.
    var refusedRefreshToken = ""
    /// In a host's own store: which record of the shared one it came from; nil where that is not known.
    var origin: SharedOrigin?

    /// No number that was ever counted up to is so high; one that is comes from a damaged file.
    private static let endOfNumbers: UInt64 = 1 << 62

    init() {}

    /// Reads the file; what it can't read counts as not there, so that a damaged file costs no more than what it knew.
    init(_ bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "generation": generation = UInt64(parts[1]).flatMap { $0 < Self.endOfNumbers ? $0 : nil } ?? 0
            case "record": recordHash = String(parts[1])
            case "removed": isRemoved = parts[1] == "1"
            case "checkpoint": isCheckpoint = parts[1] == "1"
            case "refused": refusedRefreshToken = String(parts[1])
            case "origin": origin = SharedOrigin(String(parts[1]))
            default: break
            }
        }
    }

    /// The file's bytes.
    var bytes: [UInt8] {
        Array(
            """
            generation=\(generation)
            record=\(recordHash)
            removed=\(isRemoved ? 1 : 0)
            checkpoint=\(isCheckpoint ? 1 : 0)
            refused=\(refusedRefreshToken)
            \(origin.map { "origin=\($0.text)\n" } ?? "")
            """.utf8)
    }
}
