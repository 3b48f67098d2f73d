import Domain
import Ports

/// One generation: tokens, or their removal.
struct SharedRecord: Sendable {
    /// What it is.
    enum Kind: String, Sendable {
        /// What a production made.
        case record
        /// A rotated refresh token and nothing else that is new.
        case checkpoint
        /// What the other tool left in its own file.
        case imported
        /// Nothing: it was removed.
        case tombstone
    }

    let generation: UInt64
    /// The number of the record that this one repeats; else its own.
    ///
    /// 0 in one that says that nothing is there yet.
    let original: UInt64
    let kind: Kind
    /// Which exchange its tokens came from: the number of the record that had them first, and so equal in a checkpoint and
    /// its successor, and else higher than in every record before.
    let exchanges: UInt64
    /// The tokens' bytes, which are also those of the mirror; empty in a removal.
    let body: [UInt8]
    /// The hash of the mirror; empty in a removal.
    let mirror: String
    /// The tokens; nil in a removal.
    let tokens: TokenSet?
    /// The beginnings of the mirrors' hashes of the records before it, the oldest first: what a host sees in the other tool's
    /// file may be out of date, and must not be taken for that tool's own work.
    let earlier: [String]

    /// Whether tokens were removed by it, or by the one that it repeats.
    var isRemoval: Bool { kind == .tombstone && original > 0 }

    /// Whether bytes of that hash were in this record, or in one before it.
    func knows(_ hash: String) -> Bool { mirror == hash || earlier.contains(Self.beginning(hash)) }

    /// What the record that follows this one has to know of those before it.
    var lineage: [String] { (earlier + (mirror.isEmpty ? [] : [Self.beginning(mirror)])).suffix(Self.longestLineage) }

    /// No host sees what is older: each refresh makes two.
    private static let longestLineage = 64

    private static func beginning(_ hash: String) -> String { String(hash.prefix(16)) }
}

/// The bytes of records: a few lines, an empty one, and the tokens as their coding has them.
struct SharedRecordFormat: Sendable {
    let coding: any TokenCoding
    let digester: any Digester

    /// What bytes turned out to be.
    enum Reading: Sendable {
        case whole(SharedRecord)
        case damaged
        /// Of a format that is not known here.
        case newer(NewerTokenFormat)
    }

    private static let title = "aws-oidc record "
    private static let format: UInt64 = 1

    /// The record with those tokens; nil where they can't be encoded.
    func record(
        _ kind: SharedRecord.Kind, _ tokens: TokenSet, _ generation: UInt64, exchanges: UInt64,
        after previous: SharedRecord? = nil
    ) -> SharedRecord? {
        coding.encode(tokens).map { record(kind, $0, tokens, generation, exchanges: exchanges, after: previous) }
    }

    /// The record with those bytes, which are those tokens.
    func record(
        _ kind: SharedRecord.Kind, _ body: [UInt8], _ tokens: TokenSet, _ generation: UInt64, exchanges: UInt64,
        after previous: SharedRecord?
    ) -> SharedRecord {
        SharedRecord(
            generation: generation, original: generation, kind: kind, exchanges: exchanges, body: body,
            mirror: hash(body), tokens: tokens, earlier: previous?.lineage ?? [])
    }

    /// A removal.
    func tombstone(_ generation: UInt64, after previous: SharedRecord? = nil) -> SharedRecord {
        SharedRecord(
            generation: generation, original: generation, kind: .tombstone, exchanges: generation, body: [],
            mirror: "", tokens: nil, earlier: previous?.lineage ?? [])
    }

    /// What that record says, once more; where there is none, that there is nothing.
    func repetition(_ generation: UInt64, of record: SharedRecord?) -> SharedRecord {
        SharedRecord(
            generation: generation, original: record?.original ?? 0, kind: record?.kind ?? .tombstone,
            exchanges: record?.exchanges ?? generation, body: record?.body ?? [], mirror: record?.mirror ?? "",
            tokens: record?.tokens, earlier: record?.earlier ?? [])
    }

    /// The file's bytes.
    func bytes(_ record: SharedRecord) -> [UInt8] {
        var lines = Lines()
        lines.add("generation", "\(record.generation)")
        if record.original != record.generation { lines.add("repeats", "\(record.original)") }
        lines.add("kind", record.kind.rawValue)
        lines.add("exchanges", "\(record.exchanges)")
        lines.add("mirror", record.mirror)
        lines.add("earlier", record.earlier.joined(separator: " "))
        let head = Array((Self.title + "\(Self.format)\n" + lines.text).utf8)
        return head + Array("sum=\(hash(head + record.body))\n\n".utf8) + record.body
    }

    /// Reads the file of that number.
    func read(_ bytes: [UInt8], _ generation: UInt64) -> Reading {
        guard let first = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return .damaged }
        let title = String(decoding: bytes[..<first], as: UTF8.self)
        guard title.hasPrefix(Self.title), let format = UInt64(title.dropFirst(Self.title.count)) else {
            return .damaged
        }
        guard format <= Self.format else { return .newer(NewerTokenFormat(Int(clamping: format))) }
        guard let (head, lines, body) = split(bytes),
            let kind = lines["kind"].flatMap({ SharedRecord.Kind(rawValue: $0) }),
            lines["generation"] == "\(generation)", let exchanges = lines["exchanges"].flatMap({ UInt64($0) }),
            let mirror = lines["mirror"], lines["sum"] == hash(head + body)
        else { return .damaged }
        let tokens: TokenSet?
        do { tokens = try coding.decode(body) } catch { return .newer(error) }
        guard (tokens == nil) == (kind == .tombstone) else { return .damaged }
        return .whole(
            SharedRecord(
                generation: generation, original: lines["repeats"].flatMap { UInt64($0) } ?? generation, kind: kind,
                exchanges: exchanges, body: body, mirror: mirror, tokens: tokens,
                earlier: (lines["earlier"] ?? "").split(separator: " ").map(String.init)))
    }

    /// The lines before the checksum, all lines, and what follows them.
    private func split(_ bytes: [UInt8]) -> (head: [UInt8], lines: Lines, body: [UInt8])? {
        let newline = UInt8(ascii: "\n")
        var starts: [Int] = [0]
        var index = 0
        while index + 1 < bytes.count, starts.count < 16 {
            if bytes[index] == newline {
                if bytes[index + 1] == newline, let sum = starts.last {
                    return (
                        Array(bytes[..<sum]), Lines(Array(bytes[...index])), Array(bytes[(index + 2)...])
                    )
                }
                starts.append(index + 1)
            }
            index += 1
        }
        return nil
    }

    /// SHA-256 in hexadecimal digits.
    func hash(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digester.digest(bytes, .sha256).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}
