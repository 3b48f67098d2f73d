import Domain
import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TokenStoreContract {
    @Suite("Folders")
    struct Folders {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test("a missing folder is made for its owner alone, with those above it", arguments: Backend.allCases)
        func missing(_ backend: Backend) async throws {
            let workspace = Workspace()
            let place = Place(backend, folder: workspace.path("a/b/tokens"), workspace: workspace)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            for folder in ["a", "a/b", "a/b/tokens"] { #expect(OnDisk.mode(workspace.path(folder)) == 0o700) }
        }

        @Test(
            "one that others may look into is tightened, and used", arguments: Backend.allCases,
            [mode_t(0o755), 0o750, 0o711])
        func tooOpen(_ backend: Backend, _ mode: mode_t) async throws {
            let place = Place(backend)
            OnDisk.makeFolder(place.folder, mode: mode)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            #expect(OnDisk.mode(place.folder) == 0o700)
        }

        @Test("a record that others may read is tightened, and used", arguments: Backend.withGo)
        func openRecord(_ backend: Backend) async throws {
            let place = Place(backend)
            try place.writeLikeGo("go", key)
            chmod(place.record(key), 0o644)
            #expect(try place.store().read(key)?.tokens.access == "access-go")
            #expect(OnDisk.mode(place.record(key)) == 0o600)
        }

        @Test(
            "one that others may write to is refused, with what to do", arguments: Backend.allCases,
            [mode_t(0o777), 0o770, 0o1777])
        func writable(_ backend: Backend, _ mode: mode_t) async throws {
            let place = Place(backend)
            OnDisk.makeFolder(place.folder, mode: mode)
            await expectRefusal(place, "others can write to it")
            #expect(OnDisk.names(place.folder) == [])
        }

        @Test("a record that others may write to is refused", arguments: Backend.withGo)
        func writableRecord(_ backend: Backend) async throws {
            let place = Place(backend)
            try place.writeLikeGo("go", key)
            chmod(place.record(key), 0o666)
            await expectRefusal(place, "others can write to it")
        }

        @Test(
            "another user's is refused", .enabled(if: getuid() == 0, "only root can give a folder away"),
            arguments: Backend.allCases)
        func anothers(_ backend: Backend) async throws {
            let place = Place(backend)
            OnDisk.makeFolder(place.folder)
            chown(place.folder, 12_345, 12_345)
            await expectRefusal(place, "it belongs to user 12345")
        }

        @Test(
            "another user's record is refused", .enabled(if: getuid() == 0, "only root can give a file away"),
            arguments: Backend.withGo)
        func anothersRecord(_ backend: Backend) async throws {
            let place = Place(backend)
            try place.writeLikeGo("go", key)
            chown(place.record(key), 12_345, 12_345)
            await expectRefusal(place, "it belongs to user 12345")
        }

        @Test("a file in its place is refused", arguments: Backend.allCases)
        func file(_ backend: Backend) async throws {
            let place = Place(backend)
            try OnDisk.write(place.folder, [1])
            await expectRefusal(place, "it is no folder")
        }

        @Test("a link to a folder of one's own is followed, and that folder tightened", arguments: Backend.allCases)
        func link(_ backend: Backend) async throws {
            let place = Place(backend)
            let real = place.workspace.path("real")
            OnDisk.makeFolder(real, mode: 0o755)
            symlink(real, place.folder)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            #expect(OnDisk.mode(real) == 0o700)
            #expect(OnDisk.names(real).contains(place.name(key)))
        }

        @Test(
            "a link to another's folder is refused", .enabled(if: getuid() == 0, "only root can give a folder away"),
            arguments: Backend.allCases)
        func linkToAnothers(_ backend: Backend) async throws {
            let place = Place(backend)
            let real = place.workspace.path("real")
            OnDisk.makeFolder(real)
            chown(real, 12_345, 12_345)
            symlink(real, place.folder)
            await expectRefusal(place, "it is a link to another user's folder")
        }

        private func expectRefusal(_ place: Place, _ expected: String) async {
            let refusals: [TokenStoreError?] = [
                #expect(throws: TokenStoreError.self) { try place.store().read(key) },
                await #expect(throws: TokenStoreError.self) {
                    try await place.store().publish(TokenStoreContract.live("one"), key)
                },
            ]
            for error in refusals {
                guard case .refused(_, let reason, let remedy) = error else {
                    Issue.record("not refused: \(String(describing: error))")
                    continue
                }
                #expect(reason == expected)
                #expect(remedy?.isEmpty == false)
            }
        }
    }
}
