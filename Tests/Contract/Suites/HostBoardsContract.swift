import Domain
import Files
import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What every board of verdicts promises.
@Suite("Verdict board contract")
struct VerdictBoardContract {
    private let place = HostPlace()

    private func board(_ uptime: Double) -> FileVerdictBoard {
        FileVerdictBoard(files: place.files(), time: StandingClock(uptimeNow: uptime))
    }

    @Test("a verdict reaches those who asked since it was posted, and not those of before")
    func since() {
        board(100).post(Verdict("access denied: \"no\""), on: "key")
        #expect(board(103).verdict(on: "key", since: 98) == Verdict("access denied: \"no\""))
        #expect(board(103).verdict(on: "key", since: 100) == Verdict("access denied: \"no\""))
        #expect(board(110).verdict(on: "key", since: 100.5) == nil)
    }

    @Test("one of another subject, or from before the host started again, does not count")
    func others() {
        board(100).post(Verdict("no"), on: "key")
        #expect(board(100).verdict(on: "other", since: 0) == nil)
        #expect(board(50).verdict(on: "key", since: 0) == nil)
    }

    @Test("the last one counts, and nobody else can read it")
    func last() {
        board(100).post(Verdict("first"), on: "key")
        board(101).post(Verdict("second"), on: "key")
        #expect(board(102).verdict(on: "key", since: 0) == Verdict("second"))
        #expect(OnDisk.openToOthers(place.first) == [])
    }

    @Test("a file that is damaged, another's subject's or open to others is no verdict", arguments: [0, 1, 2])
    func untrusted(_ kind: Int) throws {
        board(100).post(Verdict("no"), on: "key")
        let path = try #require(OnDisk.names(place.first).first { $0.hasPrefix("verdict-") })
        let file = place.first + "/" + path
        switch kind {
        case 0: try OnDisk.write(file, Array("{".utf8))
        case 1: try OnDisk.write(file, Array(#"{"subject":"other","uptime":100,"sentence":"no"}"#.utf8))
        default: chmod(file, 0o644)
        }
        #expect(board(100).verdict(on: "key", since: 0) == nil)
    }
}

/// What every journal of sign-ins promises.
@Suite("Sign-in journal contract")
struct SignInJournalContract {
    private let place = HostPlace()
    private let key: TokenKey
    init() throws { key = try MadeUp.key() }

    private var journal: FileSignInJournal { FileSignInJournal(files: place.files()) }

    private func progress(_ stage: SignInProgress.Stage, _ processID: Int32 = getpid()) -> SignInProgress {
        SignInProgress(stage: stage, processID: processID, startedAt: Timestamp(seconds: 7), deadline: 12.5)
    }

    @Test(
        "each stage is read back as it was written",
        arguments: [
            .starting,
            .waiting(
                SignInPrompt(
                    address: "https://login.example.com/?x=\"1\"",
                    way: .browser(redirectURI: "http://localhost:49152", problem: "no \"browser\""))),
            .waiting(SignInPrompt(address: "x", way: .browser(redirectURI: "http://localhost:49152", problem: nil))),
            .waiting(SignInPrompt(address: "x", way: .device(userCode: "WDJB-MJHT", deadline: 12.5))),
            .ended(problem: nil),
            .ended(problem: "nobody answered"),
        ] as [SignInProgress.Stage])
    func stages(_ stage: SignInProgress.Stage) {
        #expect(journal.latest(key) == nil)
        journal.write(progress(stage), key)
        #expect(journal.latest(key) == progress(stage))
        #expect(OnDisk.openToOthers(place.first) == [])
    }

    @Test("one whose process is not there yet is under way by whoever wrote it")
    func nobodyYet() throws {
        journal.write(progress(.starting, 0), key)
        let latest = try #require(journal.latest(key))
        #expect(latest.isUnderWay)
        #expect(latest.processID == getpid())
    }

    @Test("one whose process has died is not under way")
    func dead() async throws {
        let child = try ChildProcess(["cat"])
        journal.write(progress(.starting, child.pid), key)
        #expect(journal.latest(key)?.isUnderWay == true)
        child.signal(SIGKILL)
        _ = await child.end()
        #expect(journal.latest(key)?.isUnderWay == false)
    }

    @Test("keys don't disturb each other, and a file with another key in it is none of ours")
    func keys() throws {
        let other = try MadeUp.key(client: "other-client")
        journal.write(progress(.starting), other)
        journal.setPause(SignInPause(unanswered: 2, last: Timestamp(seconds: 5)), other)
        #expect(journal.latest(key) == nil)
        #expect(journal.pause(key) == nil)
        journal.write(progress(.starting), key)
        let names = OnDisk.names(place.first).filter { $0.hasPrefix("sign-in-") }
        try #require(names.count == 2)
        let bytes = names.map { OnDisk.bytes(place.first + "/" + $0) ?? [] }
        for (name, bytes) in zip(names, bytes.reversed()) { try OnDisk.write(place.first + "/" + name, bytes) }
        #expect(journal.latest(key) == nil)
        #expect(journal.latest(other) == nil)
    }

    @Test("a pause is remembered until it is forgotten")
    func pause() {
        #expect(journal.pause(key) == nil)
        let pause = SignInPause(unanswered: 3, last: Timestamp(seconds: 5))
        journal.setPause(pause, key)
        #expect(journal.pause(key) == pause)
        journal.setPause(nil, key)
        #expect(journal.pause(key) == nil)
        journal.setPause(nil, key)
    }

    @Test("a damaged file is no sign-in and no pause", arguments: ["", "{", "null", #"{"stage":"what"}"#])
    func damaged(_ text: String) throws {
        journal.write(progress(.starting), key)
        journal.setPause(SignInPause(unanswered: 1, last: Timestamp(seconds: 5)), key)
        for name in OnDisk.names(place.first) { try OnDisk.write(place.first + "/" + name, Array(text.utf8)) }
        #expect(journal.latest(key) == nil)
        #expect(journal.pause(key) == nil)
    }
}

/// What every cache of provider documents promises.
@Suite("Provider document cache contract")
struct ProviderDocumentCacheContract {
    private let place = HostPlace()

    private var cache: FileProviderDocumentCache { FileProviderDocumentCache(files: place.files()) }

    private func document(_ address: String, _ body: String = "{\"keys\":[\"ü\"]}") -> ProviderDocument {
        ProviderDocument(
            address: address, body: Array(body.utf8), fetchedAt: Timestamp(seconds: 10),
            freshUntil: Timestamp(seconds: 20))
    }

    @Test("what was kept is read back to the byte, and replaced by the next")
    func roundTrip() {
        #expect(cache.document(at: "https://a/") == nil)
        cache.keep(document("https://a/"))
        cache.keep(document("https://b/", "other"))
        #expect(cache.document(at: "https://a/") == document("https://a/"))
        cache.keep(document("https://a/", "newer"))
        #expect(cache.document(at: "https://a/") == document("https://a/", "newer"))
        #expect(cache.document(at: "https://b/") == document("https://b/", "other"))
        #expect(OnDisk.openToOthers(place.first) == [])
    }

    @Test("one that can't be kept is fetched again, and hides none of the others", arguments: [0, 1])
    func unkept(_ kind: Int) {
        cache.keep(document("https://a/"))
        let body: [UInt8] = kind == 0 ? [0xff, 0xfe] : Array(repeating: 65, count: 3 << 20)
        cache.keep(
            ProviderDocument(
                address: "https://b/", body: body, fetchedAt: Timestamp(seconds: 1), freshUntil: Timestamp(seconds: 2)))
        #expect(cache.document(at: "https://b/") == nil)
        #expect(cache.document(at: "https://a/") == document("https://a/"))
    }

    @Test("a file of another address, a damaged or a planted one is none", arguments: [0, 1, 2, 3])
    func untrusted(_ kind: Int) throws {
        cache.keep(document("https://a/"))
        let name = try #require(OnDisk.names(place.first).first { $0.hasPrefix("provider-") })
        let path = place.first + "/" + name
        let bytes = try #require(OnDisk.bytes(path))
        switch kind {
        case 0:
            let text = String(decoding: bytes, as: UTF8.self)
            let other = text.split(separator: "https").joined(separator: "httpt")
            try OnDisk.write(path, Array(other.utf8))
        case 1: try OnDisk.write(path, bytes.dropLast(3))
        case 2: chmod(path, 0o606)
        default:
            try OnDisk.write(place.workspace.path("target"), bytes)
            unlink(path)
            symlink(place.workspace.path("target"), path)
        }
        #expect(cache.document(at: "https://a/") == nil)
    }
}

/// A clock that stands.
private struct StandingClock: TimeSource {
    let uptimeNow: Double

    func now() -> Timestamp { Timestamp(seconds: 0) }
    func uptime() -> Double { uptimeNow }
    func sleep(seconds: Double) async {}
}
