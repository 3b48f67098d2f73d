import Domain
import Files
import OpenSSL
import Ports
import SQLite
import StoreProbe
import Testing

extension TokenStoreContract {
    /// Records that a newer version has written, where both are used.
    @Suite("Newer versions' records")
    struct NewerRecords {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test("one is neither set aside nor overwritten, and is told with what to do", arguments: Backend.withGo)
        func file(_ backend: Backend) async throws {
            let place = Place(backend)
            try await place.store().publish(TokenStoreContract.over("one"), key)
            let newer = NewerCoding.bytes(TokenStoreContract.over("two"))
            try OnDisk.write(place.record(key), newer)
            try await check(place.store())
            #expect(OnDisk.bytes(place.record(key)) == newer)
            #expect(OnDisk.mode(place.record(key) + ".damaged") == nil)
        }

        @Test("one that comes while tokens are produced stays as well", arguments: [Backend.file, .nfs])
        func meanwhile(_ backend: Backend) async throws {
            let place = Place(backend)
            try await place.store().publish(TokenStoreContract.over("one"), key)
            let newer = NewerCoding.bytes(TokenStoreContract.over("two"))
            let produced = try await place.store().publish(key) { _ in
                _ = try? OnDisk.write(place.record(key), newer)
                return TokenStoreContract.live("three")
            }
            #expect(produced.tokens.access == "access-three")
            guard case .unusable = produced.unstored else {
                Issue.record("not .unusable: \(String(describing: produced.unstored))")
                return
            }
            #expect(OnDisk.bytes(place.record(key)) == newer)
        }

        @Test("a row of a database stays as it is")
        func row() async throws {
            let place = Place(.sqlite)
            let newer = SQLiteTokenStore(
                folder: FileStoreFolder(path: place.folder, hostName: "host", time: SkewedClock()),
                name: Place.database, limits: ProductionLimits(refresh: 60, signIn: 330), coding: NewerCoding(),
                digester: OpenSSLCryptography(), time: SkewedClock(), notices: place.told)
            try await newer.publish(TokenStoreContract.over("two"), key)
            try await check(place.store())
            #expect(throws: TokenStoreError.self) { try place.store().remove(key) }
            #expect(try newer.read(key)?.tokens.access == "access-two")
        }

        private func check(_ store: any TokenStore) async throws {
            let errors = [
                #expect(throws: TokenStoreError.self) { try store.read(key) },
                await #expect(throws: TokenStoreError.self) {
                    try await store.publish(TokenStoreContract.live("three"), key)
                },
            ]
            for error in errors {
                guard case .unusable(_, "a newer aws-oidc wrote it (format 1)", let remedy) = error else {
                    Issue.record("not .unusable: \(String(describing: error))")
                    continue
                }
                #expect(remedy.contains("Use that version") && remedy.contains("--cache"))
            }
        }
    }
}

/// The format of a version that is yet to come, which reads its own records.
private struct NewerCoding: TokenCoding {
    static func bytes(_ tokens: TokenSet, version: Int = 1) -> [UInt8] {
        GoRecord.bytes(
            access: tokens.access, refresh: tokens.refresh ?? "", idToken: tokens.idToken.revealed,
            expiry: tokens.accessTokenExpiry, version: version)
    }

    func encode(_ tokens: TokenSet) -> [UInt8]? { Self.bytes(tokens) }

    func decode(_ bytes: [UInt8]) throws(NewerTokenFormat) -> TokenSet? {
        do {
            return try GoTokenCoding().decode(bytes)
        } catch {
            return TokenStoreContract.over("two")
        }
    }
}
