import Domain
import Files
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Records that must not be trusted.
extension CredentialsStoreContract {
    @Test("a record with another key in its header is a miss")
    func otherKey() async throws {
        let other = Self.key(role: "arn:aws:iam::123456789012:role/two")
        await put("one", other)
        try OnDisk.write(path(key), #require(OnDisk.bytes(path(other))))
        #expect(store().read(key) == nil)
        await put("mine", key)
        #expect(store().read(key) == Self.made("mine"))
    }

    @Test(
        "a record that others may touch is not trusted, which is told, and replaced",
        arguments: [mode_t(0o644), 0o640, 0o604, 0o620, 0o602])
    func open(_ mode: mode_t) async {
        await put("one", key)
        chmod(path(key), mode)
        #expect(store().read(key) == nil)
        #expect(place.told.warned.contains { $0.contains(path(key)) })
        await put("two", key)
        #expect(store().read(key) == Self.made("two"))
    }

    @Test("a planted link is not followed, neither for reading nor for writing")
    func link() async throws {
        await put("one", key)
        let target = place.workspace.path("target")
        try OnDisk.write(target, #require(OnDisk.bytes(path(key))))
        unlink(path(key))
        symlink(target, path(key))
        #expect(store().read(key) == nil)
        let before = OnDisk.bytes(target)
        await put("two", key)
        #expect(store().read(key) == Self.made("two"))
        #expect(OnDisk.bytes(target) == before)
    }

    @Test("a damaged record is a miss", arguments: [0, 1, 10, 100])
    func damaged(_ count: Int) async throws {
        await put("one", key)
        let bytes = try #require(OnDisk.bytes(path(key)))
        try OnDisk.write(path(key), Array(bytes.prefix(count)))
        #expect(store().read(key) == nil)
        try OnDisk.write(path(key), bytes.dropLast())
        #expect(store().read(key) == nil)
    }

    private func path(_ key: CredentialsKey) -> String { place.first + "/" + key.fileName }
}
