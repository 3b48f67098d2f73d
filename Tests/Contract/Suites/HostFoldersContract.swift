import Domain
import Files
import Ports
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What all stores of a host promise of the folders that they are in.
@Suite("Host-local folders")
struct HostFoldersContract {
    private let place = HostPlace()
    private let document = ProviderDocument(
        address: "https://login.example.com/keys", body: Array("{}".utf8), fetchedAt: Timestamp(seconds: 1),
        freshUntil: Timestamp(seconds: 2))

    private func cache(_ folders: [String]? = nil) -> FileProviderDocumentCache {
        FileProviderDocumentCache(files: place.files(folders))
    }

    @Test("a link in the folder's place is refused, and what it leads to is not touched")
    func link() {
        let real = place.workspace.path("precious")
        OnDisk.makeFolder(real, mode: 0o755)
        OnDisk.makeFolder(place.workspace.path("run"))
        symlink(real, place.first)
        cache().keep(document)
        #expect(OnDisk.names(real) == [])
        #expect(OnDisk.mode(real) == 0o755)
        #expect(cache([place.second]).document(at: document.address) == document)
        #expect(place.told.warned.contains { $0.contains(place.first) })
    }

    @Test("nothing is read through a link in the folder's place")
    func readThroughLink() {
        cache([place.second]).keep(document)
        OnDisk.makeFolder(place.workspace.path("run"))
        symlink(place.second, place.first)
        #expect(cache([place.first]).document(at: document.address) == nil)
    }

    @Test("a folder that others may write to is refused with a warning, and the next one used")
    func writable() {
        OnDisk.makeFolder(place.workspace.path("run"))
        OnDisk.makeFolder(place.first, mode: 0o777)
        cache().keep(document)
        #expect(OnDisk.names(place.first) == [])
        #expect(cache([place.second]).document(at: document.address) == document)
        #expect(place.told.warned.contains { $0.contains("others can write to it") })
    }

    @Test(
        "another's folder is refused with a warning, and the next one used",
        .enabled(if: getuid() == 0, "only root can give a folder away"))
    func anothers() {
        OnDisk.makeFolder(place.workspace.path("run"))
        OnDisk.makeFolder(place.first)
        chown(place.first, 12_345, 12_345)
        cache().keep(document)
        #expect(OnDisk.names(place.first) == [])
        #expect(cache().document(at: document.address) == document)
        #expect(place.told.warned.contains { $0.contains("it belongs to user 12345") })
    }

    @Test("one that others may look into is tightened")
    func tooOpen() {
        OnDisk.makeFolder(place.workspace.path("run"))
        OnDisk.makeFolder(place.first, mode: 0o755)
        cache().keep(document)
        #expect(OnDisk.mode(place.first) == 0o700)
        #expect(cache().document(at: document.address) == document)
    }
}
