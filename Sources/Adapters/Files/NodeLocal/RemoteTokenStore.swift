package import Domain
import Locking
package import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A token store that another process looks after (`TokenStoreServant`), so that no file call of it ever holds this one up.
///
/// A file call that does not come back in time is an error of the store like any other; waiting for another holder is none.
/// The servant is started when it is first needed, and ends with this object or this process.
package final class RemoteTokenStore: TokenStore {
    /// How long is too long, in seconds.
    package struct Patience: Sendable {
        /// Without a word while it is in a file call.
        package var fileCall = 2.0
        /// Until it has started.
        package var start = 10.0
        /// For how long a store that did not answer is not asked again.
        package var pause = 10.0

        /// What the people who wait are used to.
        package init() {}
    }

    private struct State: Sendable {
        /// A line that nobody speaks on just now.
        var idle: ServantLine?
        var lost: (error: TokenStoreError, until: Double)?
    }

    private let place: String
    private let patience: Patience
    private let time: any TimeSource
    private let notices: any Notices
    private let start: @Sendable () throws(TokenStoreError) -> Int32
    private let state = Guarded(State())

    /// The store at that place, as messages name it.
    ///
    /// - Parameter start: starts a servant and gives the descriptor of the socket to it, which is closed here.
    package init(
        place: String, patience: Patience = Patience(), time: any TimeSource, notices: any Notices,
        start: @escaping @Sendable () throws(TokenStoreError) -> Int32
    ) {
        self.place = place
        self.patience = patience
        self.time = time
        self.notices = notices
        self.start = start
    }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        let answer = try ask(.read(.init(key)))
        guard case .stored(let stored) = answer else { throw lost(.gone) }
        return stored.flatMap { $0.stored }
    }

    package func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange {
        guard case .changed(let generation, let isRemoval) = try ask(.lastChange(.init(key))) else {
            throw lost(.gone)
        }
        return LastChange(generation: generation, isRemoval: isRemoval)
    }

    package func damage(_ key: TokenKey) -> TokenStoreError? {
        do {
            _ = try ask(.damage(.init(key)))
            return nil
        } catch {
            if case .unusable = error { return error }
            return nil
        }
    }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {
        guard case .done = try ask(.remove(.init(key))) else { throw lost(.gone) }
    }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        let line = try line()
        let life = Task { await line.showLife() }
        defer { life.cancel() }
        var stop: ProductionStop?
        do {
            try line.send(
                .produce(.init(key), purpose: purpose.rawValue, deadline: deadline.map { $0.uptime }))
            while let answer = try await next(line, after: stop) {
                switch answer {
                case .isEnough(let tokens): try line.send(.verdict(tokens.record.map(isEnough) ?? false))
                case .isRight(let tokens): try line.send(.verdict(tokens.record.map(isRight) ?? false))
                case .produced(let tokens, let unstored, let isDropped):
                    guard let tokens = tokens.record else { throw ServantLine.Loss.gone }
                    hangOn(line)
                    return ProducedTokens(
                        tokens: tokens, unstored: unstored.map { $0.error }, isDropped: isDropped)
                case .failed(let failure):
                    hangOn(line)
                    throw failure.error
                // Once more where the store has it begun anew.
                case .body where stop == nil || !Task.isCancelled:
                    do throws(ProductionStop) {
                        return finish(try await body(RemoteProduction(line: line, lost: lost)), line)
                    } catch {
                        stop = error
                        try line.send(.finish(nil))
                    }
                case .stopped:
                    guard let stop else { throw ServantLine.Loss.gone }
                    hangOn(line)
                    throw TokenStoreError.stopped(stop.reason)
                default: throw ServantLine.Loss.gone
                }
            }
            throw TokenStoreError.stopped(CancellationError())
        } catch let loss as ServantLine.Loss {
            // It is over either way.
            if let stop { throw .stopped(stop.reason) }
            throw lost(loss)
        } catch let error as TokenStoreError {
            throw error
        } catch {
            throw .stopped(error)
        }
    }

    /// What the servant says next; after a body that ended without tokens, also where this task is cancelled: what matters is
    /// that the right is given back before anybody looks.
    private func next(_ line: ServantLine, after stop: ProductionStop?) async throws(ServantLine.Loss)
        -> ServantAnswer?
    {
        if stop != nil, Task.isCancelled { return try line.answer(within: patience.fileCall) }
        return try await line.answerInTime()
    }

    /// Has the servant publish what the body has made.
    private func finish(_ tokens: TokenSet, _ line: ServantLine) -> ProducedTokens {
        do {
            try line.send(.finish(Data(record: tokens)))
            guard case .produced(_, let unstored, let isDropped) = try line.answer() else {
                throw ServantLine.Loss.gone
            }
            hangOn(line)
            return ProducedTokens(tokens: tokens, unstored: unstored.map { $0.error }, isDropped: isDropped)
        } catch let loss as ServantLine.Loss {
            return ProducedTokens(tokens: tokens, unstored: lost(loss))
        } catch {
            return ProducedTokens(tokens: tokens, unstored: lost(.gone))
        }
    }

    private func ask(_ request: ServantRequest) throws(TokenStoreError) -> ServantAnswer {
        let line = try line()
        let answer: ServantAnswer
        do {
            try line.send(request)
            answer = try line.answer()
        } catch {
            throw lost(error)
        }
        hangOn(line)
        if case .failed(let failure) = answer { throw failure.error }
        return answer
    }

    private func line() throws(TokenStoreError) -> ServantLine {
        let now = time.uptime()
        let known = state.with { state in
            defer { state.idle = nil }
            return (line: state.idle, lost: state.lost.flatMap { now < $0.until ? $0.error : nil })
        }
        if let lost = known.lost { throw lost }
        if let line = known.line { return line }
        return ServantLine(
            try start(), notices: notices, patience: patience.fileCall, startPatience: patience.start)
    }

    private func hangOn(_ line: ServantLine) {
        state.with { $0.idle = line }
    }

    /// The error for the caller; the next ones are not kept waiting for the same.
    private func lost(_ loss: ServantLine.Loss) -> TokenStoreError {
        let error =
            switch loss {
            case .silent(let seconds):
                TokenStoreError.notReadable(path: place, reason: "no answer for \(Int(seconds)) s")
            case .gone:
                TokenStoreError.notReadable(path: place, reason: "the process that looks after it has ended")
            }
        let now = time.uptime()
        return state.with { state in
            // The first reason is the one to be told.
            if let lost = state.lost, now < lost.until { return lost.error }
            state.lost = (error, now + patience.pause)
            return error
        }
    }
}
