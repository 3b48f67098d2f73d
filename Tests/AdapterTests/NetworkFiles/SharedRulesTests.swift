import Domain
import OpenSSL
import Ports
import Testing

@testable import NetworkFiles

@Suite("The rules of a shared folder")
struct SharedRulesTests {
    private let format = SharedRecordFormat(coding: PlainCoding(), digester: OpenSSLCryptography())

    @Test(
        "A name says what its file is, and is written as it is read",
        arguments: [
            ("record.5", SharedName.record(5)), ("lease.5.0", .lease(RightName(generation: 5, epoch: 0))),
            ("beat.12.3", .beat(RightName(generation: 12, epoch: 3))),
            ("end.5.1", .end(RightName(generation: 5, epoch: 1))),
            ("spent.ab", .spent(SpentName(hash: "ab", attempt: 1))),
            ("spent.ab.2", .spent(SpentName(hash: "ab", attempt: 2))), ("refused.ab", .refused("ab")),
            ("new.3.00ff", .new(3, "00ff")),
        ])
    func names(_ text: String, _ name: SharedName) {
        #expect(SharedName(text) == name)
        #expect(name.text == text)
    }

    @Test(
        "What is no name of ours is passed over",
        arguments: [
            "", "record", "record.", "record.05", "record.+5", "record.-1", "record.5.1", "record.5.damaged",
            "record.18446744073709551615", "record.99999999999999999999", "lease.5", "lease.5.", "lease.5.0.1",
            "spent.", "spent.ab.1", "spent.ab.02", "new.3", "new.x.y", ".nfs0001", "other.1",
        ])
    func noNames(_ text: String) {
        #expect(SharedName(text) == nil)
        #expect(SharedListing([text]).highest == 0)
    }

    @Test("The last right is found by its end, too, where its lease is not seen yet")
    func latest() {
        let listing = SharedListing(["lease.5.0", "end.5.0", "end.5.1", "lease.6.0", "record.4"])
        #expect(listing.latestRight(for: 5) == RightName(generation: 5, epoch: 1))
        #expect(listing.latestRight(for: 7) == nil)
        #expect(listing.highest == 4)
    }

    @Test(
        "A token goes out twice only where its first sender was lost",
        arguments: [
            ([], .attempt(1)), ([.unsent], .attempt(2)), ([.takenOver], .attempt(2)),
            ([.takenOver, .unsent], .attempt(3)), ([.unsent, .takenOver], .attempt(3)), ([.ended], .spent),
            ([.takenOver, .takenOver], .spent), ([.takenOver, .ended], .spent), ([.ended, .unsent], .spent),
            ([.open], .wait(1)), ([.takenOver, .open], .wait(2)),
        ] as [([SpendDecision.Fate], SpendDecision)])
    func spending(_ fates: [SpendDecision.Fate], _ decision: SpendDecision) {
        #expect(SpendDecision.decide(fates.reversed(), latest: UInt64(fates.count)) == decision)
    }

    @Test("A marker tells what came of those before it, in place of them")
    func earlier() {
        let right = RightName(generation: 5, epoch: 10)
        #expect(SpendDecision.earlier([.unsent, .unsent]) == .unsent)
        #expect(SpendDecision.earlier([.unsent, .takenOver]) == .taken)
        #expect(SpendDecision.earlier([.takenOver, .takenOver]) == nil)
        #expect(SpendDecision.decide([.open], latest: 70) == .wait(70))
        #expect(SpendDecision.decide([.unsent, .takenOver], latest: 70) == .attempt(71))
        #expect(SpendDecision.decide([.takenOver, .takenOver], latest: 70) == .spent)
        let read = MarkerSlip(MarkerSlip(right: right, earlier: .taken).bytes)
        #expect(read?.right == right && read?.earlier == .taken)
        #expect(MarkerSlip(MarkerSlip(right: right).bytes)?.earlier == nil)
    }

    @Test("Of what was cut off no more is believed than its whole lines")
    func cutOff() {
        // Half a number is another number: the marker of 5.1, the second attempt.
        #expect(MarkerSlip(Array("right=5.1".utf8)) == nil)
        #expect(EndSlip(Array("kind=done\nunsent=ab.1".utf8)) == EndSlip(kind: .done))
        #expect(EndSlip(Array("kind=done".utf8)) == nil)
    }

    @Test(
        "What came first stays, but for a checkpoint before a sign-in, and the token that was exchanged",
        arguments: [
            (.record, "new", nil, false), (.checkpoint, "new", nil, true), (.record, "sent", "sent", true),
            (.checkpoint, "sent", "sent", true), (.record, "new", "sent", false), (.checkpoint, "new", "sent", false),
            (.imported, "sent", "sent", true),
        ] as [(SharedRecord.Kind, String, String?, Bool)])
    func precedence(_ kind: SharedRecord.Kind, _ refresh: String, _ exchanged: String?, _ expected: Bool) throws {
        let record = try #require(format.record(kind, PlainCoding.tokens("a", refresh), 5, exchanges: 5))
        var draft = Draft(kind: .record, tokens: PlainCoding.tokens("mine"), body: [])
        draft.exchanged = exchanged.map { Secret($0) }
        #expect(Precedence.mayFollow([record], draft) == expected)
        #expect(!Precedence.mayFollow([format.tombstone(4), record], draft), "never past a removal")
        #expect(!Precedence.mayFollow([nil, record], draft), "nor past what can't be read")
        #expect(!Precedence.mayFollow([record, nil], draft))
    }

    @Test("Cleaning goes oldest first, and leaves the two newest, what is damaged, and what is only just made")
    func cleaning() {
        let listing = SharedListing([
            "record.1", "record.2", "record.3", "record.4", "lease.1.0", "end.1.0", "beat.1.0", "lease.2.0",
            "lease.3.0",
            "spent.aa", "spent.bb", "new.2.a", "new.4.b", "new.5.c",
        ])
        let makers: [SharedName: UInt64] = [
            .spent(SpentName(hash: "aa", attempt: 1)): 2, .spent(SpentName(hash: "bb", attempt: 1)): 3,
        ]
        let plan = Cleaning.plan(listing, newest: 4, makers: makers, kept: [], keeping: 2).map(\.text)
        #expect(
            plan == [
                "record.1", "beat.1.0", "lease.1.0", "end.1.0", "new.2.a", "record.2", "spent.aa", "lease.2.0",
                "new.4.b",
            ])
        #expect(!Cleaning.plan(listing, newest: 4, makers: makers, kept: [1], keeping: 2).contains(.record(1)))
        #expect(Cleaning.plan(listing, newest: 2, makers: makers, kept: [], keeping: 2).map(\.text) == ["new.2.a"])
    }

    @Test("A record is read back, and any other byte in it is damage")
    func records() throws {
        let made = try #require(format.record(.checkpoint, PlainCoding.tokens("a", "r"), 7, exchanges: 6))
        let bytes = format.bytes(made)
        guard case .whole(let read) = format.read(bytes, 7) else {
            Issue.record("not whole")
            return
        }
        #expect(
            read.kind == .checkpoint && read.exchanges == 6 && read.tokens == made.tokens && read.mirror == made.mirror)
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            if case .whole = format.read(other, 7) { Issue.record("byte \(index) does not count") }
        }
        for count in 0..<bytes.count {
            if case .whole = format.read(Array(bytes.prefix(count)), 7) { Issue.record("\(count) bytes are enough") }
        }
        if case .whole = format.read(bytes, 8) { Issue.record("another number's record") }
    }

    @Test("A removal is read back, and a newer format is told from damage")
    func otherRecords() {
        guard case .whole(let read) = format.read(format.bytes(format.tombstone(3)), 3), read.kind == .tombstone else {
            Issue.record("no removal")
            return
        }
        guard case .newer(NewerTokenFormat(2)) = format.read(Array("aws-oidc record 2\nwhat=ever\n".utf8), 3) else {
            Issue.record("not newer")
            return
        }
    }

    @Test("An observation holds only as long as all that was seen is the same")
    func observation() throws {
        let right = RightName(generation: 5, epoch: 1)
        let seen = Observation(bootID: "boot", right: right, beat: "b", since: 10.5, written: 12)
        #expect(Observation(seen.bytes) == seen)
        #expect(seen.holds(right, beat: "b", bootID: "boot", at: 20))
        #expect(!seen.holds(right, beat: "c", bootID: "boot", at: 20))
        #expect(!seen.holds(RightName(generation: 5, epoch: 2), beat: "b", bootID: "boot", at: 20))
        #expect(!seen.holds(right, beat: "b", bootID: "later", at: 20), "the clock began anew")
        #expect(!seen.holds(right, beat: "b", bootID: "boot", at: 5))
    }
}
