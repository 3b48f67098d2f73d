/// The name of a right: the generation that it is for, and which one of those it is.
struct RightName: Hashable, Comparable, Sendable {
    let generation: UInt64
    let epoch: UInt64

    /// As in `lease.5.0`.
    var text: String { "\(generation).\(epoch)" }

    /// That name; nil where the text is none.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let generation = SharedName.number(parts[0]), let epoch = SharedName.number(parts[1])
        else { return nil }
        self.init(generation: generation, epoch: epoch)
    }

    init(generation: UInt64, epoch: UInt64) {
        self.generation = generation
        self.epoch = epoch
    }

    static func < (one: RightName, other: RightName) -> Bool {
        (one.generation, one.epoch) < (other.generation, other.epoch)
    }
}

/// The marker of one attempt to send a refresh token: `hash` tells the token and its record, attempts count from 1.
struct SpentName: Hashable, Sendable {
    let hash: String
    let attempt: UInt64

    /// `HASH`, and from the second attempt on `HASH.2`.
    var text: String { attempt == 1 ? hash : "\(hash).\(attempt)" }
}

/// A file of a key's folder, told by its name alone.
enum SharedName: Hashable, Sendable {
    /// A record, or a removal.
    case record(UInt64)
    /// Who has a right.
    case lease(RightName)
    /// What its holder rewrites as long as it lives.
    case beat(RightName)
    /// How a right ended.
    case end(RightName)
    /// A refresh token is about to be sent.
    case spent(SpentName)
    /// A refresh token was refused.
    case refused(String)
    /// A file that is yet to get its name, made by somebody who works for that generation.
    case new(UInt64, String)

    /// The name as it stands in the folder.
    var text: String {
        switch self {
        case .record(let number): "record.\(number)"
        case .lease(let right): "lease.\(right.text)"
        case .beat(let right): "beat.\(right.text)"
        case .end(let right): "end.\(right.text)"
        case .spent(let marker): "spent.\(marker.text)"
        case .refused(let hash): "refused.\(hash)"
        case .new(let generation, let mark): "new.\(generation).\(mark)"
        }
    }

    /// The file of that name; nil where it is none of ours.
    init?(_ text: String) {
        guard let dot = text.firstIndex(of: ".") else { return nil }
        let rest = text[text.index(after: dot)...]
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        let name: SharedName? =
            switch text[..<dot] {
            case "record": Self.number(rest).map { .record($0) }
            case "lease": RightName(rest).map { .lease($0) }
            case "beat": RightName(rest).map { .beat($0) }
            case "end": RightName(rest).map { .end($0) }
            case "spent": Self.spent(parts).map { .spent($0) }
            case "refused": parts.count == 1 && !rest.isEmpty ? .refused(String(rest)) : nil
            case "new" where parts.count == 2: Self.number(parts[0]).map { .new($0, String(parts[1])) }
            default: nil
            }
        guard let name, name.text == text else { return nil }
        self = name
    }

    private static func spent(_ parts: [Substring]) -> SpentName? {
        switch parts.count {
        case 1 where !parts[0].isEmpty: SpentName(hash: String(parts[0]), attempt: 1)
        case 2: number(parts[1]).map { SpentName(hash: String(parts[0]), attempt: $0) }
        default: nil
        }
    }

    /// A number that somebody may have counted up to; what is higher comes from elsewhere.
    static func number(_ text: some StringProtocol) -> UInt64? {
        UInt64(text).flatMap { $0 < 1 << 62 ? $0 : nil }
    }
}
