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
    /// In a host's own store: whether that record is not its own work, but was taken from the shared one.
    var isCopy = false
    /// The SHA-256 of a refresh token that the provider has refused; empty where none is known.
    var refusedRefreshToken = ""
    /// In a host's own store: which record of the shared one it came from; nil where that is not known.
    var origin: SharedOrigin?

    /// No number that was ever counted up to is so high; one that is comes from a damaged file.
    private static let endOfNumbers: UInt64 = 1 << 62

    init() {}

    /// Reads the file; what it can't read counts as not there, so that a damaged file costs no more than what it knew.
    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let sign = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = String(decoding: line[(sign + 1)...], as: UTF8.self)
            switch String(decoding: line[..<sign], as: UTF8.self) {
            case "generation": generation = UInt64(value).flatMap { $0 < Self.endOfNumbers ? $0 : nil } ?? 0
            case "record": recordHash = value
            case "removed": isRemoved = value == "1"
            case "checkpoint": isCheckpoint = value == "1"
            case "copy": isCopy = value == "1"
            case "refused": refusedRefreshToken = value
            case "origin": origin = SharedOrigin(value)
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
            \(isCopy ? "copy=1\n" : "")\(origin.map { "origin=\($0.text)\n" } ?? "")
            """.utf8)
    }
}
