import Domain
import Files
import Locking
import Ports
import Testing

@testable import NetworkFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Hosts that share a folder")
struct SharedHostsTests {
    let place: SharedPlace
    init() throws { place = try SharedPlace() }

    @Test("A refresh token that one host may have sent is sent once more after it was lost, and then never")
    func takeover() async throws {
        try await place.host("first").publish("old")
        let (one, two, three) = (place.host("one", isStill: true), place.host("two"), place.host("three"))
        try await one.produce { production throws(ProductionStop) in
            #expect(try await production.spendOrStop("old") == .allowed(sentBy: 1015))
            _ = try? await two.produce { production throws(ProductionStop) in
                two.clock.stand()
                #expect(try await production.spendOrStop("old").isAllowed, "the first host was silent")
                _ = try? await three.produce { production throws(ProductionStop) in
                    #expect(try await production.spendOrStop("old") == .spent)
                    throw ProductionStop(NoLuck())
                }
                throw ProductionStop(NoLuck())
            }
            // The one that only was slow has exchanged it after all.
            try production.checkpointOrStop(PlainCoding.tokens("old", "rotated"))
            return PlainCoding.tokens("late", "rotated")
        }
        #expect(try place.host("four").read()?.tokens.refreshToken == Secret("rotated"))
    }

    @Test("A holder whose right is over sends nothing more, and begins anew", .timeLimit(.minutes(1)))
    func lateSender() async throws {
        try await place.host("first").publish("old")
        let (one, rounds) = (place.host("one", isStill: true), Rounds())
        let made = try await one.produce { production throws(ProductionStop) in
            if rounds.next() == 1 { one.clock.pass(16) }
            #expect(try await production.spendOrStop("old").isAllowed)
            return PlainCoding.tokens("new")
        }
        #expect(rounds.count == 2)
        #expect(made.tokens == PlainCoding.tokens("new"))
    }

    @Test(
        "A token that was kept may be sent by the next one; one of which nobody knows may not",
        arguments: [true, false])
    func kept(_ isKept: Bool) async throws {
        let host = place.host("one")
        try await host.publish("old")
        _ = try? await host.produce { production throws(ProductionStop) in
            #expect(try await production.spendOrStop("old").isAllowed)
            if isKept { production.keep(Secret("old")) }
            throw ProductionStop(NoLuck())
        }
        try await place.host("two").produce { production throws(ProductionStop) in
            #expect(try await production.spendOrStop("old").isAllowed == isKept)
            return PlainCoding.tokens("new")
        }
    }

    @Test("A slow holder's rotated token goes past the record whose token it has exchanged")
    func slowExchange() async throws {
        try await place.host("first").publish("old")
        let (one, two) = (place.host("one", isStill: true), place.host("two"))
        try await one.produce { production throws(ProductionStop) in
            _ = try await production.spendOrStop("old")
            _ = try? await two.publish("two", refresh: "old")
            try production.checkpointOrStop(PlainCoding.tokens("old", "rotated"))
            return PlainCoding.tokens("one", "rotated")
        }
        let read = try place.host("three").read()
        #expect(read?.tokens == PlainCoding.tokens("one", "rotated"))
    }

    @Test("What another host published meanwhile stays")
    func faster() async throws {
        try await place.host("first").publish("old")
        let (one, two) = (place.host("one", isStill: true), place.host("two"))
        let late = try await one.produce { _ in
            _ = try? await two.publish("two")
            return PlainCoding.tokens("one")
        }
        #expect(late.tokens == PlainCoding.tokens("one"))
        #expect(try place.host("three").read()?.tokens == PlainCoding.tokens("two"))
    }

    @Test("Short-lived processes of a host add up to one observation")
    func observation() async throws {
        let (one, notes) = (place.host("one", isStill: true), MemoryNotes())
        try await one.produce { _ in
            // Each has less time than silence takes.
            for start in [0.0, 20, 40, 60] {
                let short = place.host("two", notes: notes)
                short.clock.pass(start)
                let deadline = Deadline(in: 10, short.clock)
                _ = try? await short.store.produce(
                    place.key, .refresh, waitingUntil: deadline, isEnough: { _ in false }, isRight: { _ in false },
                    body: { _ in PlainCoding.tokens("two") })
            }
            return PlainCoding.tokens("one")
        }
        #expect(try place.host("three").read()?.tokens == PlainCoding.tokens("two"))
    }

    @Test("A damaged newest record is none, brings back no lower one, and is followed by the next")
    func damaged() async throws {
        let host = place.host("one")
        try await host.publish("old")
        try host.store.remove(place.key)
        let record = place.below(host.store) + "/record.2"
        truncate(record, 10)
        let other = place.host("two")
        #expect(try other.read() == nil)
        try await other.publish("new")
        #expect(try place.host("three").read()?.generation == 3)
    }

    @Test(
        "An end that can't be read, or is of a record that the server has lost, keeps nobody waiting",
        arguments: ["", "kind=", "kind=done\n"])
    func lostEnd(_ end: String) async throws {
        let host = place.host("one")
        try await host.publish("old")
        try await host.publish("lost")
        unlink(place.below(host.store) + "/record.2")
        // What it mirrors would be taken up again.
        unlink(place.path + "/" + SharedKey(place.key, host.store).name)
        try place.write(end, to: place.below(host.store) + "/end.2.0")
        let other = place.host("two")
        try await other.publish("new")
        #expect(other.clock.uptime() < 1030, "it waited for a right that has ended")
        #expect(try place.host("three").read()?.tokens == PlainCoding.tokens("new"))
        #expect(try place.host("three").read()?.generation == 2)
    }

    /// Has a host try so many refreshes that send nothing; gives the key's folder and the names that are there then.
    private func failing(_ host: SharedHost, times: Int) async throws -> (folder: String, names: [String]) {
        for _ in 0..<times {
            _ = try? await host.produce { production throws(ProductionStop) in
                #expect(try await production.spendOrStop("old").isAllowed)
                production.keep(Secret("old"))
                throw ProductionStop(NoLuck())
            }
        }
        return (place.below(host.store), try place.names(host))
    }

    @Test(
        "A marker that can't be read, or is lost before a later one, counts as one of a token that was sent",
        arguments: ["", "right=5", nil])
    func damagedMarker(_ content: String?) async throws {
        let host = place.host("one")
        try await host.publish("old")
        let (folder, names) = try await failing(host, times: 2)
        let first = try #require(names.first { $0.hasPrefix("spent.") && !$0.hasSuffix(".2") })
        // As an older version wrote it: it says nothing of the first one.
        try place.write("right=2.1\n", to: "\(folder)/\(first).2")
        if let content { try place.write(content, to: "\(folder)/\(first)") } else { unlink("\(folder)/\(first)") }
        let other = place.host("two")
        try await other.produce { production throws(ProductionStop) in
            #expect(try await production.spendOrStop("old") == .spent)
            return PlainCoding.tokens("signed-in")
        }
        #expect(try place.host("three").read()?.tokens == PlainCoding.tokens("signed-in"))
    }

    @Test("After many attempts that sent nothing, only the last one is looked at")
    func outage() async throws {
        let host = place.host("one")
        try await host.publish("old")
        let (folder, names) = try await failing(host, times: 5)
        for name in names where name.hasPrefix("spent.") && !name.hasSuffix(".5") { unlink("\(folder)/\(name)") }
        try await place.host("two").produce { production throws(ProductionStop) in
            #expect(try await production.spendOrStop("old").isAllowed)
            return PlainCoding.tokens("new")
        }
    }

    @Test("A record of a newer format is refused, and stays as it is")
    func newer() async throws {
        let host = place.host("one")
        try await host.publish("old")
        let path = place.below(host.store) + "/record.1"
        let file = try #require(fopen(path, "w"))
        fputs("aws-oidc record 9\n", file)
        fclose(file)
        let other = place.host("two")
        for call in [{ _ = try other.read() }, { try other.store.remove(place.key) }] as [() throws -> Void] {
            let error = #expect(throws: TokenStoreError.self) { try call() }
            #expect(error.map { "\($0)" }?.contains("a newer aws-oidc wrote it (format 9)") == true)
        }
        await #expect(throws: TokenStoreError.self) { try await other.publish("new") }
        #expect(
            try PosixSharedFolder(path: place.below(host.store)).read("record.1") == Array("aws-oidc record 9\n".utf8))
    }

    @Test("Of the generations only the newest stay, as many as an old listing may name")
    func cleaning() async throws {
        let host = place.host("one")
        for number in 1...18 { try await host.publish("\(number)") }
        let listing = SharedListing(
            try PosixSharedFolder(path: place.path).names(in: SharedKey(place.key, host.store).subfolder))
        #expect(listing.records == Set(3...18))
        #expect(listing.leases.map(\.generation).sorted() == Array(3...18))
        #expect(listing.temporary.isEmpty)
    }

    @Test("An old view of our own file is not taken for the Go tool's work, even of a record that is gone")
    func oldMirror() async throws {
        let host = place.host("one")
        try await host.publish("old")
        let mirror = place.path + "/" + SharedKey(place.key, host.store).name
        let seen = try #require(try PosixSharedFolder(path: place.path).read(SharedKey(place.key, host.store).name))
        for number in 1...20 { try await host.publish("\(number)") }
        let file = try #require(fopen(mirror, "w"))
        fwrite(seen, 1, seen.count, file)
        fclose(file)
        #expect(try place.host("two").read()?.tokens == PlainCoding.tokens("20"))
        try await place.host("two").publish("next")
        #expect(try place.host("three").read()?.generation == 22)
    }

    @Test("After a removal no file has a token in it any more")
    func nothingLeft() async throws {
        let host = place.host("one")
        for number in 1...3 { try await host.publish("secret\(number)") }
        try place.host("two").store.remove(place.key)
        let folder = PosixSharedFolder(path: place.path)
        let below = SharedKey(place.key, host.store).subfolder
        for name in try folder.names(in: below) {
            let text = String(decoding: try folder.read(below + "/" + name) ?? [], as: UTF8.self)
            #expect(!text.contains("secret"), "\(name)")
        }
        #expect(try host.read() == nil)
        try await host.publish("again")
        #expect(try place.host("three").read()?.tokens == PlainCoding.tokens("again"))
    }
}
