package import Domain
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the scans of one process found last, in a file; its own time says when that was where the map does not.
package struct FileScanMemory: ScanMemory {
    private let path: String
    private let store: FileRoleMapStore

    /// A memory in that file.
    package init(path: String, coding: any RoleMapCoding) {
        self.path = path
        store = FileRoleMapStore(path: path, coding: coding)
    }

    package func recall() async throws(RoleMapStoreError) -> RememberedScan? {
        do throws(RoleMapStoreError) {
            guard let map = try await store.load() else { return nil }
            return RememberedScan(map: map, at: map.scannedAt ?? modified)
        } catch {
            guard case .unreadable(_, let reason) = error else { throw error }
            let aside = path + ".unreadable"
            do throws(FileFailure) {
                try Posix.rename(path, aside)
            } catch {
                throw .unreachable(place: path, reason: "\(reason), and it can't be put aside: \(error.reason)")
            }
            throw .unreadable(place: path, reason: "\(reason); it is now in \(aside)")
        }
    }

    package func keep(_ map: RoleMap) async throws(RoleMapStoreError) {
        do throws(RoleMapStoreError) {
            try await store.save(map)
        } catch {
            guard case .changed = error else { throw error }
            // Whoever wrote it: from now on it is what this process found.
            _ = try? await recall()
            try await store.save(map)
        }
        // The same map again was found now.
        guard utimensat(AT_FDCWD, path, nil, 0) == 0 else {
            throw .unreachable(place: path, reason: FileFailure.latest(path).reason)
        }
    }

    /// When the file was written; long ago where that can't be told.
    private var modified: Timestamp {
        var status = stat()
        guard stat(path, &status) == 0 else { return Timestamp(seconds: 0) }
        #if canImport(Darwin)
            return Timestamp(seconds: Int64(status.st_mtimespec.tv_sec))
        #else
            return Timestamp(seconds: Int64(status.st_mtim.tv_sec))
        #endif
    }
}
