import Domain
import Ports

/// A store as one writes it first, for a disk of one's own: the checks must find it out.
struct NaiveStore: TokenStore {
    let folder: any SharedFolder
    let coding: any TokenCoding
    let time: any TimeSource
    let mark: String

    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        guard let (number, tokens) = try newest() else { return nil }
        return StoredTokens(tokens: tokens, generation: number, isRefreshTokenRefused: false)
    }

    private func newest() throws(TokenStoreError) -> (UInt64, TokenSet)? {
        do throws(SharedFolderFailure) {
            let numbers = try folder.names(in: "n.d").compactMap { name in
                name.hasPrefix("record.") ? UInt64(name.dropFirst(7)) : nil
            }
            guard let last = numbers.max(), let bytes = try folder.read("n.d/record.\(last)"),
                let tokens = try? coding.decode(bytes)
            else { return nil }
            return (last, tokens)
        } catch { throw .notReadable(path: folder.path, reason: "\(error)") }
    }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        for _ in 0..<100 {
            if let (_, tokens) = try newest(), isEnough(tokens) { return ProducedTokens(tokens: tokens, unstored: nil) }
            // Whether the lock is there, and taking it, are two steps.
            if (try? folder.read("n.d/lock")) ?? nil == nil, (try? put("n.d/lock", [1])) != nil { break }
            await time.sleep(seconds: 0.5)
        }
        defer { try? folder.remove("n.d/lock") }
        do throws(ProductionStop) {
            let tokens = try await body(Production(store: self))
            try? store(tokens)
            return ProducedTokens(tokens: tokens, unstored: nil)
        } catch { throw .stopped(error.reason) }
    }

    func remove(_ key: TokenKey) throws(TokenStoreError) {
        guard let (number, _) = try newest() else { return }
        try? folder.remove("n.d/record.\(number)")
    }

    func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange { LastChange() }

    private func store(_ tokens: TokenSet) throws {
        try put("n.d/record.\((newest()?.0 ?? 0) + 1)", coding.encode(tokens) ?? [])
    }

    private func put(_ name: String, _ bytes: [UInt8]) throws {
        try folder.ensure("n.d")
        let temporary = "n.d/new.\(mark)"
        let file = try folder.makeFile(temporary, room: 0)
        try file.fill(bytes)
        try folder.rename(temporary, to: name)
    }

    private struct Production: TokenProduction {
        let store: NaiveStore

        func newest() throws(TokenStoreError) -> StoredTokens? {
            guard let (number, tokens) = try store.newest() else { return nil }
            return StoredTokens(tokens: tokens, generation: number, isRefreshTokenRefused: false)
        }
        func reserve() throws(TokenStoreError) {}
        func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending { .allowed(sentBy: nil) }
        func keep(_ refreshToken: Secret) {}
        func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) { try? store.store(tokens) }
        func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {}
    }
}
