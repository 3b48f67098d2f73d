import Domain
import Ports

/// A small text of lines `name=value`: the form of all that is written once beside the records.
struct Lines: Sendable {
    private var pairs: [(name: String, value: String)] = []

    init() {}

    /// The lines of a whole text; a last one that does not end was cut off, and may say anything.
    init(_ bytes: [UInt8]) {
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")) ?? 0
        for line in String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { pairs.append((String(parts[0]), String(parts[1]))) }
        }
    }

    /// The first value of that name.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values of that name.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// Appends a line.
    mutating func add(_ name: String, _ value: String) {
        pairs.append((name, String(value.unicodeScalars.filter { $0.value >= 0x20 })))
    }

    var text: String { pairs.map { "\($0.name)=\($0.value)\n" }.joined() }
    var bytes: [UInt8] { Array(text.utf8) }
}

/// What stands in a lease: whose right it is.
struct LeaseSlip: Sendable {
    let stamp: ProcessStamp
    let purpose: ProductionPurpose
    let since: Timestamp
    /// What no other lease has; empty in one of an older version's.
    let mark: String

    /// For those who wait.
    var holder: RightHolder {
        RightHolder(host: stamp.host, processID: stamp.processID, purpose: purpose, since: since)
    }

    var bytes: [UInt8] {
        var lines = Lines()
        lines.add("host", stamp.host)
        lines.add("boot", stamp.bootID)
        lines.add("namespace", stamp.pidNamespace)
        lines.add("process", "\(stamp.processID)")
        lines.add("started", "\(stamp.startTime)")
        lines.add("purpose", purpose.rawValue)
        lines.add("since", "\(since.seconds)")
        lines.add("mark", mark)
        return lines.bytes
    }
}

extension LeaseSlip {
    init?(_ bytes: [UInt8]) {
        let lines = Lines(bytes)
        guard let host = lines["host"], let boot = lines["boot"], let namespace = lines["namespace"],
            let process = lines["process"].flatMap({ Int32($0) }),
            let started = lines["started"].flatMap({ UInt64($0) }),
            let purpose = lines["purpose"].flatMap({ ProductionPurpose(rawValue: $0) }),
            let since = lines["since"].flatMap({ Int64($0) })
        else { return nil }
        self.init(
            stamp: ProcessStamp(
                host: host, bootID: boot, pidNamespace: namespace, processID: process, startTime: started),
            purpose: purpose, since: Timestamp(seconds: since), mark: lines["mark"] ?? "")
    }
}

/// What stands in the end of a right: how it ended.
struct EndSlip: Sendable, Equatable {
    /// How a right ends.
    enum Kind: String, Sendable {
        /// Its record was published, by its holder or by somebody faster.
        case done
        /// Its holder gave it back.
        case released
        /// Its holder was silent for too long, or is dead, and somebody else gave it up in its name.
        case taken
    }

    let kind: Kind
    /// The markers of tokens that were not sent after all, or were left as they are by the provider.
    var unsent: [String] = []

    var bytes: [UInt8] {
        var lines = Lines()
        lines.add("kind", kind.rawValue)
        for marker in unsent { lines.add("unsent", marker) }
        return lines.bytes
    }
}

extension EndSlip {
    init?(_ bytes: [UInt8]) {
        let lines = Lines(bytes)
        guard let kind = lines["kind"].flatMap({ Kind(rawValue: $0) }) else { return nil }
        self.init(kind: kind, unsent: lines.all("unsent"))
    }
}

/// What stands in a marker: the right of who made it, and what came of those before it.
struct MarkerSlip: Sendable {
    /// What its maker found of all earlier markers of the token, each one's right ended: that stays so.
    enum Earlier: String, Sendable {
        /// None of them counts.
        case unsent
        /// One does, and its right was given up in its maker's name.
        case taken
    }

    let right: RightName
    /// nil in a marker of the other kind, and in one of an older version's: then each of those before it is looked at.
    let earlier: Earlier?

    var bytes: [UInt8] {
        var lines = Lines()
        lines.add("right", right.text)
        if let earlier { lines.add("earlier", earlier.rawValue) }
        return lines.bytes
    }

    init(right: RightName, earlier: Earlier? = nil) {
        self.right = right
        self.earlier = earlier
    }

    init?(_ bytes: [UInt8]) {
        let lines = Lines(bytes)
        guard let right = lines["right"].flatMap({ RightName($0) }) else { return nil }
        self.right = right
        earlier = lines["earlier"].flatMap { Earlier(rawValue: $0) }
    }
}
