/// What the server of the shared folder has: the truth, and what was true before.
///
/// `@unchecked Sendable`: touched only by whoever has the baton of its simulation.
final class Server: @unchecked Sendable {
    /// A file.
    final class File {
        /// What it holds.
        var bytes: [UInt8] = []
        /// What it held when it was last closed; nil before.
        var closed: [UInt8]?
        /// Whether a writer has it open.
        var isOpen = false
        var links = 0
        /// Which name it is known by, for the trace.
        let firstName: String

        init(firstName: String) { self.firstName = firstName }
    }

    private struct Change {
        let time: Double
        let file: File?
    }

    /// Sees each name that is given to a file, and how often it was given before.
    var onLink: (_ name: String, _ file: File, _ before: Int) -> Void = { _, _, _ in }

    private var histories: [String: [Change]] = [:]
    /// The names of a folder in the order in which they first were given.
    private var names: [String: [String]] = [:]
    private var folders: [String: Double] = [:]

    static func folder(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }

    /// The file of that name, as it was then.
    func file(_ name: String, at time: Double = .infinity) -> File? {
        histories[name]?.last { $0.time <= time }?.file
    }

    /// How many names there are.
    var count: Int { histories.values.count { $0.last?.file != nil } }

    /// How often that name was given to a file.
    func timesGiven(_ name: String) -> Int { histories[name]?.count { $0.file != nil } ?? 0 }

    func hasFolder(_ name: String, at time: Double = .infinity) -> Bool { (folders[name] ?? .infinity) <= time }

    func makeFolder(_ name: String, at time: Double) {
        if folders[name] == nil { folders[name] = time }
    }

    /// The names of files that were ever in that folder.
    func everyName(in folder: String) -> [String] { names[folder] ?? [] }

    /// Gives a name to a file, or takes it away.
    func set(_ name: String, _ file: File?, at time: Double) {
        let old = self.file(name)
        if let file {
            onLink(name, file, timesGiven(name))
            file.links += 1
        }
        old?.links -= 1
        if histories[name] == nil { names[Self.folder(of: name), default: []].append(name) }
        histories[name, default: []].append(Change(time: time, file: file))
    }
}
