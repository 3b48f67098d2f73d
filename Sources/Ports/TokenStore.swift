package import Domain

/// Keeps a person's tokens for all processes that share the store: one producer, many readers.
///
/// What each call promises stands in docs/cache-protocol.md and is tested by the contract suite under Tests/Contract.
package protocol TokenStore: Sendable {
    /// The newest whole record, or nil where there is none: never a torn or mixed one.
    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens?

    /// All tokens that `remove` removes, as far as they can be read: what `read` gives, and those of other sign-ins beside it.
    ///
    /// - Throws: where there are none that can be read, and something can't be.
    func all(_ key: TokenKey) throws(TokenStoreError) -> [StoredTokens]

    /// Runs `body` for a key in one process at a time; every other one waits and takes what it made.
    ///
    /// Where hosts share the store, and what is there has no refresh token that may be sent, a refresh needs no right: it is done
    /// in one process of each host at a time, and a body that would send something after all is begun anew.
    ///
    /// - A record for which `isEnough` holds is returned without running `body`; so is one that another process produced
    ///   after this call began, if `isRight` holds, whatever the clocks say.
    /// - If the producing process dies, one that waits takes over.
    /// - What `body` returns is on stable storage when this returns; where it could not be stored, the result says so.
    /// - A producer whose record is no longer the newest one does not publish: the newer record stays.
    /// - After 1 s of waiting the person is told who is producing; after the limit of what is under way it ends with
    ///   `.waitedTooLong`. With a deadline it ends at that, and nobody is told: the caller has something else to fall back on.
    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens

    /// Removes the record. It wins over a production under way: that one's result is not stored.
    func remove(_ key: TokenKey) throws(TokenStoreError)

    /// Why there is a record that `read` takes for none; nil where there is none, or one that it reads.
    func damage(_ key: TokenKey) -> TokenStoreError?

    /// The last thing that was done: what copies that other stores have are judged by where there is no record.
    func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange
}

extension TokenStore {
    package func damage(_ key: TokenKey) -> TokenStoreError? { nil }

    package func all(_ key: TokenKey) throws(TokenStoreError) -> [StoredTokens] { try read(key).map { [$0] } ?? [] }

    /// Whether there is no record because it was removed.
    package func isRemoved(_ key: TokenKey) throws(TokenStoreError) -> Bool { try lastChange(key).isRemoval }
}

/// The last record of a key, or its removal.
package struct LastChange: Sendable, Hashable {
    /// Its number, though its record may be one that `read` takes for none, as a damaged one; 0 before the first.
    package let generation: UInt64
    /// Whether it was a removal.
    package let isRemoval: Bool

    /// A change; without an argument, none at all.
    package init(generation: UInt64 = 0, isRemoval: Bool = false) {
        self.generation = generation
        self.isRemoval = isRemoval
    }
}

/// The right to produce, as long as the body of `TokenStore.produce` runs.
package protocol TokenProduction: Sendable {
    /// Looks at the store again: the newest record, whoever wrote it.
    func newest() throws(TokenStoreError) -> StoredTokens?

    /// Makes sure that what a sign-in gives can be stored: its file exists and has its space.
    func reserve() throws(TokenStoreError)

    /// Asks to send this refresh token, now: nobody else may be told `.allowed` for it, and its successor has its place.
    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending

    /// Says that a refresh token which `spend` allowed is as good as before: nothing was sent, or the provider answered with an
    /// error that leaves it alone.
    func keep(_ refreshToken: Secret)

    /// Stores a rotated refresh token the moment it arrives, before anything else is done with the answer.
    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError)

    /// Remembers for everybody that the provider has refused this refresh token.
    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError)
}

/// What came of asking to send a refresh token.
package enum Spending: Sendable, Hashable {
    /// It may be sent; where there is an uptime, not after it, since the right ends soon after.
    case allowed(sentBy: Double?)
    /// Somebody else has sent it, and what came of that is not known: only a sign-in helps.
    case spent
}

/// A record of the store.
package struct StoredTokens: Sendable {
    /// The tokens.
    package let tokens: TokenSet
    /// Which record it is: each one's number is higher than that of the one before.
    package let generation: UInt64
    /// Whether the provider is known to have refused its refresh token.
    package let isRefreshTokenRefused: Bool

    /// Its refresh token, where it may be sent: nil where there is none, or the provider is known to have refused it.
    package var usableRefreshToken: Secret? { isRefreshTokenRefused ? nil : tokens.refreshToken }

    /// A record.
    package init(tokens: TokenSet, generation: UInt64, isRefreshTokenRefused: Bool) {
        self.tokens = tokens
        self.generation = generation
        self.isRefreshTokenRefused = isRefreshTokenRefused
    }
}

/// What came out of `TokenStore.produce`.
package struct ProducedTokens: Sendable {
    /// The tokens.
    package let tokens: TokenSet
    /// Why they could not be stored; nil where they were.
    package let unstored: TokenStoreError?
    /// Whether they were not stored because a newer record, or a removal, came first.
    package let isDropped: Bool

    /// Tokens, stored or not.
    package init(tokens: TokenSet, unstored: TokenStoreError?, isDropped: Bool = false) {
        self.tokens = tokens
        self.unstored = unstored
        self.isDropped = isDropped
    }
}

/// What a producer does, for those who wait and for how long they do.
package enum ProductionPurpose: String, Sendable {
    /// A refresh: seconds.
    case refresh
    /// A sign-in: as long as a person takes.
    case signIn = "sign-in"
}

/// Why a body ended without tokens: the right is released, and the next process tries.
package struct ProductionStop: Error, Sendable {
    /// What happened; `TokenStore.produce` gives it back as `.stopped`.
    package let reason: any Error

    /// Ends a production.
    package init(_ reason: any Error) {
        self.reason = reason
    }
}

/// Why a body ended that was run for another process: that one has ended without a word.
///
/// It sends nothing any more; what it was allowed to send may have been sent.
package struct ProducerLost: Error, Sendable {
    /// Ends a production whose process is gone.
    package init() {}
}

/// Who holds a right.
package struct RightHolder: Sendable, Hashable {
    /// Its host.
    package let host: String
    /// Its process id there.
    package let processID: Int32
    /// What it does.
    package let purpose: ProductionPurpose
    /// Since when.
    package let since: Timestamp

    /// A holder.
    package init(host: String, processID: Int32, purpose: ProductionPurpose, since: Timestamp) {
        self.host = host
        self.processID = processID
        self.purpose = purpose
        self.since = since
    }
}

/// What can be wrong with a store.
package enum TokenStoreError: Error, Sendable {
    /// A folder or file that must not be trusted: another's, or writable by others. Without a remedy only another one helps.
    case refused(path: String, reason: String, remedy: String?)
    /// What the folder says of how its tokens are kept contradicts what this process was asked for, or all that it knows.
    ///
    /// Whoever went on without it would keep tokens apart that are meant to be shared.
    case contradicted(path: String, reason: String, remedy: String)
    /// What lies there is of no use to this version: damaged, or a newer one's. There is no danger in it, and it stays.
    case unusable(path: String, reason: String, remedy: String)
    /// It can't be written: read-only, full, no home. What is live in it still serves.
    case notWritable(path: String, reason: String, lack: StoreLack? = nil)
    /// It can't be read; without permission it is there for others all the same.
    case notReadable(path: String, reason: String, lack: StoreLack? = nil)
    /// Another process has taken over what this one was about to do, or has published: what was seen before counts no more.
    case overtaken(path: String)
    /// Somebody else has been producing for longer than that takes.
    case waitedTooLong(seconds: Int, holder: RightHolder?)
    /// The body ended without tokens.
    case stopped(any Error)
}

/// What a call on a store lacks, where the system tells.
package enum StoreLack: String, Sendable, Hashable, Codable {
    /// Room: its disk is full, or what this user may have of it.
    case room
    /// Permission: it is not ours to use so, or nobody's.
    case permission
    /// A folder where one should be: something else lies there, or a link to nothing.
    case folder
}

extension TokenStoreError {
    /// Whether a person may still sign in for what can't be stored: where it is only in the way, and no sign of danger.
    package var leavesSignIn: Bool {
        switch self {
        case .unusable, .notWritable: true
        case .refused, .contradicted, .notReadable, .overtaken, .waitedTooLong, .stopped: false
        }
    }
}

extension TokenStoreError {
    /// Whether the same call may succeed a moment later.
    package var mayPass: Bool { if case .notReadable = self { true } else { false } }
}

extension TokenStoreError {
    /// What is wrong, without what to do about it; nil where one is not to be had without the other.
    package var cause: String? { if case .notWritable = self { problem } else { nil } }

    /// Whether it can't be written since there is no room.
    package var lacksRoom: Bool { if case .notWritable(_, _, .room) = self { true } else { false } }

    /// What would let it be written, as words that a sentence may begin with; nil where that is not the trouble.
    package var remedy: String? {
        guard case .notWritable(_, _, let lack) = self else { return nil }
        return switch lack {
        case .room: "Make room"
        case .permission: "Make it writable"
        case .folder: "Move it out of the way"
        case nil: "Mend that"
        }
    }

    /// What is wrong, what that means for somebody who does without this store, and what mends it, if anything does; nothing of
    /// keeping tokens elsewhere, which is of no use to who does already, or wants them gone.
    package func line(goingOn consequence: String? = nil) -> String {
        ["\(problem).", consequence, mending.map { "\($0)." }].compactMap { $0 }.joined(separator: " ")
    }

    /// What is wrong, as a sentence without its end.
    private var problem: String {
        switch self {
        case .refused(let path, let reason, _), .contradicted(let path, let reason, _),
            .unusable(let path, let reason, _):
            "the token cache \(path) is not used: \(reason)"
        case .notWritable(let path, let reason, _): "the token cache \(path) can't be written: \(reason)"
        case .notReadable(let path, let reason, _): "the token cache \(path) can't be read: \(reason)"
        case .overtaken(let path): "another process has taken over the work on the token cache \(path)"
        case .waitedTooLong(let seconds, .some(let holder)):
            "waited \(seconds) s for process \(holder.processID) on \(holder.host), whose \(holder.purpose.rawValue) runs since \(holder.since.rfc3339)"
        case .waitedTooLong(let seconds, .none):
            "waited \(seconds) s for another process that holds the token cache"
        case .stopped(let reason): "\(reason)"
        }
    }

    /// What mends it, as a sentence without its end; nil where nothing does.
    private var mending: String? {
        switch self {
        case .refused(_, _, let remedy): remedy.map(Self.withoutEnd)
        case .contradicted(_, _, let remedy), .unusable(_, _, let remedy): Self.withoutEnd(remedy)
        case .notWritable: remedy
        case .notReadable(_, _, .permission):
            "See that you may read it: by its mode (chmod), or by a new ticket (kinit) where its server wants one"
        case .notReadable(_, _, .folder): "Move it out of the way"
        case .notReadable: "Look whether its disk or server is well"
        case .overtaken, .waitedTooLong(_, .none): "Run it again"
        case .waitedTooLong(_, .some): "Run it again; if that process hangs, end it"
        case .stopped: nil
        }
    }

    private static func withoutEnd(_ sentence: String) -> String {
        sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    }
}

extension TokenStoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(_, _, nil):
            "\(problem). Keep tokens on each host's own disk, by --node-local-cache DIR; or, if one host alone uses that folder, by --cache file."
        case .notWritable: "\(problem). \(mending ?? ""), or name another folder by --node-local-cache."
        case .notReadable:
            "\(problem). \(mending ?? ""), then run it again; or name another folder by --node-local-cache."
        case .stopped: problem
        default: "\(problem). \(mending ?? "")."
        }
    }
}
