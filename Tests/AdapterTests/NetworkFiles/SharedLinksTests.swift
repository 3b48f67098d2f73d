import Files
import Ports
import Testing

@testable import NetworkFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// File systems whose hard links are of no use, and folders that are links themselves.
@Suite struct SharedLinksTests {
    let place: SharedPlace
    init() throws { place = try SharedPlace() }

    @Test(
        "A file system without hard links that hosts can agree by is refused, with what to do",
        arguments: [true, false])
    func links(_ areThere: Bool) async throws {
        let host = SharedHost(
            place, "one", isStill: false,
            folder: OddLinks(PosixSharedFolder(path: place.path), linksDeadFiles: areThere),
            notes: MemoryNotes())
        let error = await #expect(throws: TokenStoreError.self) { try await host.publish("one") }
        #expect(error.map { "\($0)" }?.contains("--node-local-cache") == true)
    }

    @Test("There a logout leaves nothing behind: what the other tool has written goes", arguments: [true, false])
    func logout(_ areThere: Bool) throws {
        let host = SharedHost(
            place, "one", isStill: false,
            folder: OddLinks(PosixSharedFolder(path: place.path), linksDeadFiles: areThere), notes: MemoryNotes())
        let goFile = place.path + "/" + SharedKey(place.key, host.store).name
        try host.store.remove(place.key)
        try place.write("plain one one", to: goFile)
        chmod(goFile, 0o600)
        for _ in 0..<2 { try host.store.remove(place.key) }
        #expect(access(goFile, F_OK) != 0)
        #expect(try PosixSharedFolder(path: place.path).names(in: SharedKey(place.key, host.store).subfolder) == [])
    }

    @Test("Hard links that work no more are named as what is missing, and tried anew by the next process")
    func gone() async throws {
        let (folder, notes) = (FailingFolder(PosixSharedFolder(path: place.path)), MemoryNotes())
        let process = { SharedHost(place, "one", isStill: false, folder: folder, notes: notes) }
        try await process().publish("one")
        folder.fail { call, _ in call == .link ? .noLinks : nil }
        for _ in 0..<2 {
            let error = await #expect(throws: TokenStoreError.self) { try await process().publish("two") }
            #expect(error.map { "\($0)" }?.contains("has no hard links") == true, "\(String(describing: error))")
        }
        #expect(try process().read()?.tokens == PlainCoding.tokens("one"))
        folder.fail { _, _ in nil }
        try await process().publish("two")
        #expect(try process().read()?.tokens == PlainCoding.tokens("two"))
    }

    @Test("A token folder that is a link to nothing is named at once, and a person may still sign in")
    func dangling() async throws {
        let link = place.path + "/link"
        try #require(symlink(place.path + "/nowhere", link) == 0)
        let host = SharedHost(
            place, "one", isStill: false, folder: PosixSharedFolder(path: link), notes: MemoryNotes())
        let began = host.clock.uptime()
        let error = await #expect(throws: TokenStoreError.self) { try await host.publish("one") }
        #expect(error.map { "\($0)" }?.contains("where nothing is. Remove the link") == true)
        #expect(error?.leavesSignIn == true)
        #expect(host.clock.uptime() == began)
    }
}

/// A folder without hard links, or with such that bring removed files back.
private struct OddLinks: SharedFolder {
    let real: PosixSharedFolder
    let linksDeadFiles: Bool

    init(_ real: PosixSharedFolder, linksDeadFiles: Bool) { (self.real, self.linksDeadFiles) = (real, linksDeadFiles) }

    var path: String { real.path }
    func ensure(_ subfolder: String) throws(SharedFolderFailure) { try real.ensure(subfolder) }
    func names(in subfolder: String) throws(SharedFolderFailure) -> [String] { try real.names(in: subfolder) }
    func read(_ name: String) throws(SharedFolderFailure) -> [UInt8]? { try real.read(name) }
    func makeFile(_ name: String, room: Int) throws(SharedFolderFailure) -> any UnnamedFile {
        File(real: try real.makeFile(name, room: room), linksDeadFiles: linksDeadFiles)
    }
    func overwrite(_ name: String, with bytes: [UInt8]) throws(SharedFolderFailure) {
        try real.overwrite(name, with: bytes)
    }
    func rename(_ name: String, to newName: String) throws(SharedFolderFailure) { try real.rename(name, to: newName) }
    func remove(_ name: String) throws(SharedFolderFailure) { try real.remove(name) }

    private struct File: UnnamedFile {
        let real: any UnnamedFile
        let linksDeadFiles: Bool
        var name: String { real.name }
        func fill(_ bytes: [UInt8]) throws(SharedFolderFailure) { try real.fill(bytes) }
        func link(to name: String) throws(SharedFolderFailure) -> LinkOutcome {
            guard linksDeadFiles else { throw .call(path: name, code: EPERM, reason: "not permitted") }
            let outcome = try real.link(to: name)
            return outcome == .gone ? .made : outcome
        }
        func discard() { real.discard() }
    }
}
