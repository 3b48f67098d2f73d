import Ports

/// What the names in a key's folder say.
struct SharedListing: Sendable {
    /// The numbers of the records that are there, whole or not.
    private(set) var records: Set<UInt64> = []
    private(set) var leases: Set<RightName> = []
    private(set) var beats: Set<RightName> = []
    private(set) var ends: Set<RightName> = []
    private(set) var spent: Set<SpentName> = []
    private(set) var refused: Set<String> = []
    /// The temporary files, with the generation that each was made for.
    private(set) var temporary: [(generation: UInt64, name: SharedName)] = []

    init(_ names: [String]) {
        for text in names {
            guard let name = SharedName(text) else { continue }
            switch name {
            case .record(let number): records.insert(number)
            case .lease(let right): leases.insert(right)
            case .beat(let right): beats.insert(right)
            case .end(let right): ends.insert(right)
            case .spent(let marker): spent.insert(marker)
            case .refused(let hash): refused.insert(hash)
            case .new(let generation, _): temporary.append((generation, name))
            }
        }
    }

    /// Whether that temporary file is among them: then they were listed after it was made, and it has not been cleaned up.
    func shows(_ file: any UnnamedFile) -> Bool {
        temporary.contains { file.name.hasSuffix("/" + $0.name.text) }
    }

    /// What tells of refresh tokens.
    var markers: Set<SharedName> { Set(spent.map { .spent($0) } + refused.map { .refused($0) }) }

    /// The number of the last record; 0 before the first.
    var highest: UInt64 { records.max() ?? 0 }

    /// The last right for that generation that anybody had.
    func latestRight(for generation: UInt64) -> RightName? {
        // An end may be seen before its lease is.
        leases.union(ends).filter { $0.generation == generation }.max()
    }

    /// How often that token was about to be sent.
    func attempts(_ hash: String) -> UInt64 {
        spent.filter { $0.hash == hash }.map(\.attempt).max() ?? 0
    }
}
