import Files
import Locking
import Ports

@testable import NetworkFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder whose calls fail as a test says.
final class FailingFolder: SharedFolder {
    /// The calls that may fail.
    enum Call {
        case make
        /// The same, with much room.
        case makeLarge
        case link
        case other
    }

    /// What becomes of a call that fails.
    enum Fault {
        /// Nothing was done.
        case undone
        /// The same, since the disk is full.
        case noRoom
        /// The same, since there are no hard links.
        case noLinks
        /// It was done all the same.
        case done
    }

    private struct State {
        var fault: (@Sendable (Call, String) -> Fault?) = { _, _ in nil }
        var isOnce = false
        var hasFailed = false
    }

    private let real: PosixSharedFolder
    private let state = Guarded(State())

    init(_ real: PosixSharedFolder) { self.real = real }

    /// From now on these calls fail.
    func fail(_ fault: @escaping @Sendable (Call, String) -> Fault?) {
        state.with { $0 = State(fault: fault) }
    }

    /// The next one of these calls fails.
    func failOnce(_ fault: @escaping @Sendable (Call, String) -> Fault?) {
        state.with { $0 = State(fault: fault, isOnce: true) }
    }

    var hasFailed: Bool { state.with { $0.hasFailed } }

    fileprivate func trying<Result>(
        _ call: Call, _ name: String, _ body: () throws(SharedFolderFailure) -> Result
    ) throws(SharedFolderFailure) -> Result {
        let fault = state.with { state -> Fault? in
            guard !state.isOnce || !state.hasFailed, let fault = state.fault(call, name) else { return nil }
            state.hasFailed = true
            return fault
        }
        if fault == .noLinks { throw .call(path: name, code: EPERM, reason: "Operation not permitted") }
        if fault == .noRoom { throw .call(path: name, code: ENOSPC, reason: "No space left on device") }
        if fault != .undone {
            let result = try body()
            if fault == nil { return result }
        }
        throw .call(path: name, code: EIO, reason: "Input/output error")
    }

    var path: String { real.path }

    func ensure(_ subfolder: String) throws(SharedFolderFailure) {
        try trying(.other, subfolder) { () throws(SharedFolderFailure) in try real.ensure(subfolder) }
    }

    func names(in subfolder: String) throws(SharedFolderFailure) -> [String] {
        try trying(.other, subfolder) { () throws(SharedFolderFailure) in try real.names(in: subfolder) }
    }

    func read(_ name: String) throws(SharedFolderFailure) -> [UInt8]? {
        try trying(.other, name) { () throws(SharedFolderFailure) in try real.read(name) }
    }

    func makeFile(_ name: String, room: Int) throws(SharedFolderFailure) -> any UnnamedFile {
        let isLarge = room >= SharedProduction.recordRoom
        return try trying(isLarge ? .makeLarge : .make, name) { () throws(SharedFolderFailure) in
            File(folder: self, real: try real.makeFile(name, room: room))
        }
    }

    func overwrite(_ name: String, with bytes: [UInt8]) throws(SharedFolderFailure) {
        try trying(.other, name) { () throws(SharedFolderFailure) in try real.overwrite(name, with: bytes) }
    }

    func rename(_ name: String, to newName: String) throws(SharedFolderFailure) {
        try trying(.other, name) { () throws(SharedFolderFailure) in try real.rename(name, to: newName) }
    }

    func remove(_ name: String) throws(SharedFolderFailure) {
        try trying(.other, name) { () throws(SharedFolderFailure) in try real.remove(name) }
    }

    private struct File: UnnamedFile {
        let folder: FailingFolder
        let real: any UnnamedFile
        var name: String { real.name }

        func fill(_ bytes: [UInt8]) throws(SharedFolderFailure) { try real.fill(bytes) }

        func link(to name: String) throws(SharedFolderFailure) -> LinkOutcome {
            try folder.trying(.link, name) { () throws(SharedFolderFailure) in try real.link(to: name) }
        }

        func discard() { real.discard() }
    }
}
