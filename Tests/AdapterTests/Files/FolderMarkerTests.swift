import Domain
import Ports
import Testing

@testable import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The marker's file")
struct FolderMarkerTests {
    @Test(
        "Of many that write it at once one does, all see what that one wrote, and nothing else is left",
        arguments: 0..<6)
    func race(round: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/aws-oidc-marker-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let seen = try await withThrowingTaskGroup(of: TokenCacheMarker?.self) { group in
            for number in 0..<16 {
                group.addTask { try FolderMarker(folder: folder).write(number.isMultiple(of: 2) ? .nfs : .file) }
            }
            return try await group.reduce(into: [TokenCacheMarker?]()) { $0.append($1) }
        }
        #expect(Set(seen).count == 1 && seen.first != .some(nil))
        #expect(try FolderMarker(folder: folder).read() == seen.first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["format"])
    }

    @Test("Without hard links files are marked all the same; what hosts share is not, since it can't be kept there")
    func withoutLinks() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/aws-oidc-marker-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let refuse = { (_: String, _: String) -> Int32 in
            errno = EPERM
            return -1
        }
        #expect(try FolderMarker(folder: folder).write(.nfs, linking: refuse) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        #expect(try FolderMarker(folder: folder).write(.file, linking: refuse) == .known(.file))
        #expect(try FolderMarker(folder: folder).read() == .known(.file))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["format"])
    }

    @Test("A folder that is not there yet is judged by the nearest one above it")
    func notThereYet() {
        #expect(!FolderMarker(folder: "/tmp/no such folder/at/all").isOnNetwork)
        #expect(!FolderMarker(folder: "/no such folder").isOnNetwork)
    }
}
