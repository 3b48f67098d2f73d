import Domain
import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The right to produce that a servant has for us.
struct RemoteProduction: TokenProduction {
    let line: ServantLine
    let lost: @Sendable (ServantLine.Loss) -> TokenStoreError

    func newest() throws(TokenStoreError) -> StoredTokens? {
        guard case .stored(let stored) = try ask(.newest) else { throw lost(.gone) }
        return stored.flatMap { $0.stored }
    }

    func reserve() throws(TokenStoreError) { try perform(.reserve) }

    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        let answer: ServantAnswer?
        do {
            try line.send(.spend(refreshToken.revealed))
            answer = try await line.answerInTime()
        } catch {
            throw lost(error)
        }
        switch answer {
        case .spending(true, let end): return .allowed(sentBy: end)
        case .spending: return .spent
        case .failed(let failure): throw failure.error
        case nil: throw .stopped(CancellationError())
        default: throw lost(.gone)
        }
    }

    func keep(_ refreshToken: Secret) { try? perform(.keep(refreshToken.revealed)) }

    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
        guard let record = Data(record: tokens) else {
            throw .notWritable(path: "the tokens", reason: "they can't be encoded")
        }
        try perform(.checkpoint(record))
    }

    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        try perform(.noteRefused(refreshToken.revealed))
    }

    private func perform(_ request: ServantRequest) throws(TokenStoreError) {
        guard case .done = try ask(request) else { throw lost(.gone) }
    }

    private func ask(_ request: ServantRequest) throws(TokenStoreError) -> ServantAnswer {
        let answer: ServantAnswer
        do {
            try line.send(request)
            answer = try line.answer()
        } catch {
            throw lost(error)
        }
        if case .failed(let failure) = answer { throw failure.error }
        return answer
    }
}
