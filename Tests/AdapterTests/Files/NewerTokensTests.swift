import Domain
import Ports
import Testing

@testable import Files

@Suite("Which of two records counts")
struct NewerTokensTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var own: StoredTokens?
        var origin: SharedOrigin?
        var before: SharedOrigin?
        var theirs: StoredTokens?
        let last: LastChange
        let choice: NewerTokens

        init(
            _ name: String, own: StoredTokens? = nil, from origin: SharedOrigin? = nil,
            after before: SharedOrigin? = nil, theirs: StoredTokens? = nil, last: LastChange? = nil,
            _ choice: NewerTokens
        ) {
            testDescription = name
            (self.own, self.origin, self.before) = (own, origin, before)
            (self.theirs, self.choice) = (theirs, choice)
            self.last = last ?? LastChange(generation: theirs?.generation ?? 0)
        }
    }

    private static func record(
        _ name: String, _ generation: UInt64 = 1, refused: Bool = false, ends: Int64 = 100, refreshEnds: Int64? = nil,
        access: String? = nil
    ) -> StoredTokens {
        let tokens = TokenSet(
            accessToken: Secret("a-" + (access ?? name)), tokenType: "Bearer",
            accessTokenExpiry: Timestamp(seconds: ends),
            expiresIn: nil, idToken: Secret("i-" + name), claims: IDTokenClaims(), refreshToken: Secret("r-" + name),
            refreshTokenExpiry: refreshEnds.map { Timestamp(seconds: $0) })
        return StoredTokens(tokens: tokens, generation: generation, isRefreshTokenRefused: refused)
    }

    private static let removal = LastChange(generation: 6, isRemoval: true)
    /// A record that is there, and can't be read.
    private static let damage = LastChange(generation: 6)

    static let rows: [Row] = [
        Row("nothing anywhere", .none),
        Row("only there", theirs: record("t"), .shared),
        Row("only here", own: record("o"), .hosts),
        Row("a copy of what is gone without a word", own: record("o"), from: .init(generation: 5), .hosts),
        Row("a copy of what was removed", own: record("o"), from: .init(generation: 5), last: removal, .none),
        Row("of the Go tool, and removed there", own: record("o"), last: removal, .none),
        Row(
            "refreshed alone, and removed there", own: record("o"), from: .init(generation: 5, alone: .refresh),
            last: removal, .none),
        Row(
            "signed in alone, and removed there", own: record("o"), from: .init(generation: 5, alone: .signIn),
            last: removal, .hosts),
        Row("a copy of what can't be read there", own: record("o"), from: .init(generation: 6), last: damage, .hosts),
        Row(
            "a copy, and newer there, which can't be read", own: record("o"), from: .init(generation: 5), last: damage,
            .none),
        Row(
            "refreshed alone, and newer there, which can't be read", own: record("o"),
            from: .init(generation: 5, alone: .refresh), last: damage, .none),
        Row(
            "signed in alone, and newer there, which can't be read", own: record("o"),
            from: .init(generation: 5, alone: .signIn), last: damage, .hosts),
        Row(
            "written after a copy, and newer there, which can't be read", own: record("o"), after: .init(generation: 5),
            last: damage, .none),
        Row("of the Go tool, and there is one that can't be read", own: record("o"), last: damage, .hosts),
        Row("the same", own: record("o", 9), from: .init(generation: 5), theirs: record("o", 5), .shared),
        Row(
            "a copy, and newer there", own: record("o", ends: 900), from: .init(generation: 5), theirs: record("t", 6),
            .shared),
        Row(
            "a copy, and the Go tool wrote there", own: record("o", ends: 900), from: .init(generation: 5),
            theirs: record("t", 5), .shared),
        Row(
            "refreshed alone, and nothing newer there", own: record("o"),
            from: .init(generation: 5, alone: .refresh), theirs: record("t", 5, ends: 900), .hosts),
        Row(
            "refreshed alone, and changed there", own: record("o", ends: 900),
            from: .init(generation: 5, alone: .refresh), theirs: record("t", 6), .shared),
        Row(
            "refreshed alone, and there what this host had sent before", own: record("o"),
            from: .init(generation: 5, alone: .refresh, offered: "hash of r-t"), theirs: record("t", 6, ends: 900),
            .hosts),
        Row(
            "only the checkpoint is here, and the whole answer there", own: record("o", access: "before"),
            from: .init(generation: 5, alone: .refresh, offered: "hash of r-o"), theirs: record("o", 7, ends: 900),
            .shared),
        Row(
            "only the checkpoint is there, and the whole answer here", own: record("o", ends: 900),
            from: .init(generation: 5, alone: .refresh, offered: "hash of r-o"),
            theirs: record("o", 6, access: "before"), .hosts),
        Row(
            "refreshed alone, and a new folder there", own: record("o", ends: 900),
            from: .init(generation: 5, alone: .refresh), theirs: record("t", 1), .shared),
        Row(
            "signed in alone, and older there", own: record("o", ends: 900),
            from: .init(generation: 0, alone: .signIn), theirs: record("t", 6), .hosts),
        Row(
            "signed in alone, and later there", own: record("o"), from: .init(generation: 5, alone: .signIn),
            theirs: record("t", 6, ends: 900), .shared),
        Row(
            "a copy that was refused", own: record("o", refused: true), from: .init(generation: 5),
            theirs: record("t", 5), .shared),
        Row(
            "refused there", own: record("o"), from: .init(generation: 5, alone: .refresh),
            theirs: record("t", 6, refused: true), .hosts),
        Row(
            "a copy, and newer there, which was refused", own: record("o", ends: 900), from: .init(generation: 5),
            theirs: record("t", 6, refused: true), .shared),
        Row(
            "of the Go tool, refreshable for longer here", own: record("o", refreshEnds: 900),
            theirs: record("t", ends: 900, refreshEnds: 800), .hosts),
        Row(
            "of the Go tool, refreshable for longer there", own: record("o", ends: 900, refreshEnds: 800),
            theirs: record("t", refreshEnds: 900), .shared),
        Row("of the Go tool, refreshed later here", own: record("o", ends: 900), theirs: record("t"), .hosts),
        Row("of the Go tool, refreshed later there", own: record("o"), theirs: record("t", ends: 900), .shared),
        Row(
            "written after a copy of what is there still", own: record("o"), after: .init(generation: 5),
            theirs: record("t", 5, ends: 900), .hosts),
        Row(
            "written after what was made alone of what is there still", own: record("o"),
            after: .init(generation: 5, alone: .refresh), theirs: record("t", 5, ends: 900), .hosts),
        Row(
            "written after a copy, and changed there", own: record("o"), after: .init(generation: 5),
            theirs: record("t", 6, ends: 900), .shared),
        Row(
            "written after a copy, and shorter-lived there", own: record("o", ends: 900), after: .init(generation: 5),
            theirs: record("t", 6), .hosts),
        Row(
            "written after what was offered, which is there", own: record("o"),
            after: .init(generation: 5, alone: .refresh, offered: "hash of r-t"), theirs: record("t", 6, ends: 900),
            .hosts),
        Row(
            "written after a checkpoint, the whole answer of which is there", own: record("o", access: "before"),
            after: .init(generation: 5, alone: .refresh, offered: "hash of r-o"), theirs: record("o", 7, ends: 900),
            .shared),
        Row(
            "written after a copy, the same, which is there", own: record("o", 9), after: .init(generation: 4),
            theirs: record("o", 5), .shared),
        Row(
            "written after a copy, and refused there", own: record("o"), after: .init(generation: 5),
            theirs: record("t", 6, refused: true, ends: 900), .hosts),
        Row(
            "written after a copy, and removed there", own: record("o"), after: .init(generation: 5), last: removal,
            .none),
        Row(
            "written after a sign-in alone, and removed there", own: record("o"),
            after: .init(generation: 5, alone: .signIn), last: removal, .hosts),
    ]

    @Test("The rules", arguments: rows)
    func rules(_ row: Row) {
        let choice = NewerTokens.choice(
            HostRecord(stored: row.own, origin: row.origin, before: row.before), shared: row.theirs,
            last: row.last,
            hash: { "hash of " + $0.revealed })
        #expect(choice == row.choice)
    }

    @Test(
        "Where a record came from is written down and read back",
        arguments: [
            SharedOrigin(generation: 0), .init(generation: 7, alone: .refresh, offered: "abc"),
            .init(generation: .max, alone: .signIn),
        ])
    func origin(_ origin: SharedOrigin) {
        #expect(SharedOrigin(origin.text) == origin)
        var state = TokenFileState()
        state.origin = origin
        #expect(TokenFileState(state.bytes) == state)
    }

    @Test(
        "What is not whole says nothing",
        arguments: ["", " ", "x", "-1 - ab .", "5", "5 - ab", "5 refresh ab", "5 re ab ."])
    func damaged(_ text: String) {
        #expect(SharedOrigin(text) == nil)
    }
}
