import Domain
import Ports
import Testing

@testable import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Private folders and files")
struct FolderTests {
    private let folder = FilesFolder()

    @Test("a folder is made with those above it, for its owner alone")
    func made() throws {
        let made = try PrivateFolder.ensured(folder.path("a/b/c"))
        #expect(made.file("x") == folder.path("a/b/c/x"))
        for name in ["a", "a/b", "a/b/c"] { #expect(folder.mode(name) == 0o700) }
    }

    @Test("a folder that can't be made is told by its path")
    func impossible() throws {
        try folder.write("file", [])
        let error = #expect(throws: PrivateFolder.Refusal.self) { try PrivateFolder.ensured(folder.path("file/below")) }
        guard case .failure(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.code == ENOTDIR)
        #expect(failure.reason == "Not a directory")
    }

    @Test("a link to nowhere is no folder, and nothing is made at its end")
    func dangling() {
        symlink(folder.path("nowhere"), folder.path("link"))
        #expect(throws: PrivateFolder.Refusal.self) { try PrivateFolder.ensured(folder.path("link")) }
        #expect(folder.mode("nowhere") == nil)
    }

    @Test("a token folder that is a link to nowhere is told as that")
    func danglingTokens() {
        symlink("nowhere", folder.path("link"))
        let error = #expect(throws: TokenStoreError.self) { try PrivateFolder.forTokens(folder.path("link")) }
        let words = "it is a link to \(folder.path("nowhere")), where nothing is. Move it out of the way"
        #expect(error?.description.contains(words) == true)
    }

    @Test("so is one whose link leads to where its marker can't be looked for")
    func unreachableTokens() {
        symlink("second", folder.path("link"))
        symlink("link", folder.path("second"))
        let error = #expect(throws: TokenStoreError.self) { try FolderMarker(folder: folder.path("link")).read() }
        #expect(error?.description.contains("\(folder.path("link")) can't be read: it is a link to ") == true)
    }

    @Test("a link is followed only where that was asked for")
    func link() throws {
        mkdir(folder.path("real"), 0o755)
        symlink(folder.path("real"), folder.path("link"))
        #expect(throws: PrivateFolder.Refusal.self) {
            try PrivateFolder.ensured(folder.path("link"), followsLinks: false)
        }
        #expect(folder.mode("real") == 0o755)
        #expect(!PrivateFolder.isTrusted(folder.path("link")))
        _ = try PrivateFolder.ensured(folder.path("link"))
        #expect(folder.mode("real") == 0o700)
    }

    @Test("a folder that is everybody's is not to be closed to them, but another one named")
    func everybodys() {
        mkdir(folder.path("temporary"), 0o700)
        chmod(folder.path("temporary"), 0o1777)
        let error = #expect(throws: TokenStoreError.self) { try PrivateFolder.forTokens(folder.path("temporary")) }
        #expect("\(String(describing: error))".contains("Name a folder of your own"))
        #expect(folder.mode("temporary") == 0o1777)
    }

    @Test("a private file is tightened or refused by who asks", arguments: [mode_t(0o644), 0o640, 0o604, 0o601])
    func file(_ mode: mode_t) throws {
        let path = try folder.write("file", [1, 2], mode: mode)
        #expect(throws: PrivateFile.Untrusted.self) { try PrivateFile.read(path, limit: 10, tightens: false) }
        #expect(folder.mode("file") == mode)
        #expect(try PrivateFile.read(path, limit: 10, tightens: true) == [1, 2])
        #expect(folder.mode("file") == 0o600)
        #expect(try PrivateFile.read(path, limit: 10, tightens: false) == [1, 2])
        #expect(throws: FileFailure.self) { try PrivateFile.read(path, limit: 1, tightens: true) }
        #expect(try PrivateFile.read(folder.path("absent"), limit: 1, tightens: true) == nil)
    }

    @Test("a replacement is whole or not there, and leaves no file of its own")
    func replacement() throws {
        let place = try PrivateFolder.ensured(folder.path("place"))
        try Replacement(in: place, for: "file").replace("file", with: [1, 2, 3], durably: true)
        #expect(folder.bytes("place/file") == [1, 2, 3])
        let reserved = try Replacement(in: place, for: "file")
        try reserved.reserve(65_536)
        try reserved.replace("file", with: [4], durably: false)
        #expect(folder.bytes("place/file") == [4])
        _ = try Replacement(in: place, for: "file")
        mkdir(folder.path("place/taken"), 0o700)
        #expect(throws: FileFailure.self) {
            try Replacement(in: place, for: "taken").replace("taken", with: [5], durably: true)
        }
        #expect(try Posix.names(in: place.path).sorted() == ["file", "taken"])
    }

    @Test("ordinary file systems are no network, and a path that is not there is none")
    func kind() {
        #expect(!FileSystemKind.isNetwork("/tmp"))
        #expect(!FileSystemKind.isNetwork("/dev"))
        #expect(!FileSystemKind.isNetwork(folder.path("absent")))
    }
}

@Suite("Log file")
struct LogFileTests {
    private let folder = FilesFolder()

    private func log(_ path: String?, folder: String? = nil, loudest: LogLevel? = nil) -> LogFile {
        LogFile(path: path, folder: folder, hostName: "host/name", loudest: loudest, time: NoonClock())
    }

    @Test("events are lines of JSON in a file that only its owner reads, one run after the other")
    func lines() throws {
        for number in 1...2 {
            let log = log(folder.path("log"))
            log.write(.info, "request \"\(number)\"", ["address": "a\nb"])
            #expect(log.finish(hasFailed: false) == nil)
            #expect(log.finish(hasFailed: true) == nil, "what is written is not written twice")
        }
        let text = String(decoding: try #require(folder.bytes("log")), as: UTF8.self)
        let expected = (1...2).map { number in
            #"{"time":"2027-01-15T08:00:00Z","level":"info","pid":\#(getpid()),"#
                + #""msg":"request \"\#(number)\"","address":"a\nb"}"#
        }
        #expect(text == expected.map { $0 + "\n" }.joined())
        #expect(folder.mode("log") == 0o600)
    }

    @Test("a run of which there is nothing to tell writes no file; one that fails does")
    func quiet() {
        for (hasFailed, names) in [(false, [String]()), (true, ["log"])] {
            let log = log(folder.path("log"))
            log.write(.debug, "looked", [:])
            #expect(log.finish(hasFailed: hasFailed) == nil)
            #expect(folder.names == names)
        }
        #expect(log(folder.path("none")).finish(hasFailed: true) == nil)
        #expect(folder.names == ["log"])
    }

    @Test("in a folder the file bears the host's name, made harmless, and the folder is made")
    func inFolder() {
        let log = log(nil, folder: folder.path("a/logs"))
        log.write(.warning, "what", [:])
        #expect(log.finish(hasFailed: false) == nil)
        #expect(folder.mode("a/logs") == 0o700)
        #expect(folder.mode("a/logs/aws-oidc.host-name.log") == 0o600)
    }

    @Test("a file that others could read is tightened")
    func tightened() throws {
        try folder.write("log", [], mode: 0o644)
        let log = log(folder.path("log"))
        log.write(.error, "what", [:])
        #expect(log.finish(hasFailed: true) == nil)
        #expect(folder.mode("log") == 0o600)
    }

    @Test("a large file is put aside, once, and the next run begins anew")
    func rotation() throws {
        try folder.write("log", [UInt8](repeating: 10, count: (5 << 20) + 1))
        for _ in 0..<2 {
            let log = log(folder.path("log"))
            log.write(.info, "what", [:])
            #expect(log.finish(hasFailed: false) == nil)
        }
        #expect(folder.names == ["log", "log.1"])
        #expect((folder.bytes("log")?.count ?? 0) < 200)
        #expect((folder.bytes("log.1")?.count ?? 0) > 5 << 20)
        #expect(folder.mode("log.1") == 0o600)
    }

    @Test("a file that can't be written is told in a sentence")
    func unwritable() {
        let log = log(folder.path("absent/log"))
        log.write(.info, "what", [:])
        #expect(
            log.finish(hasFailed: false)
                == "the log file \(folder.path("absent/log")) can't be written: No such file or directory.")
    }

    @Test("a pipe that nobody reads in the file's place keeps nobody waiting")
    func pipe() {
        mkfifo(folder.path("log"), 0o600)
        let log = log(folder.path("log"))
        log.write(.info, "what", [:])
        #expect(log.finish(hasFailed: false)?.contains("can't be written") == true)
    }

    @Test("no secret gets into the log by way of a field's text")
    func secrets() throws {
        let log = log(folder.path("log"))
        log.write(.info, "what", ["token": "\(Secret("hush"))"])
        _ = log.finish(hasFailed: false)
        #expect(!String(decoding: try #require(folder.bytes("log")), as: UTF8.self).contains("hush"))
    }
}

private struct NoonClock: TimeSource {
    func now() -> Timestamp { Timestamp(seconds: 1_800_000_000) }
    func uptime() -> Double { 0 }
    func sleep(seconds: Double) async {}
}
