package import Domain
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The role map in a file, read again whenever the file is another one than before.
///
/// It is looked at, not watched: that also finds a file on a network file system, and one that a link leads to which is
/// turned to another place, as Kubernetes does it with mounted ConfigMaps.
package struct FileRoleMapFeed: RoleMapFeed {
    private let path: String
    private let coding: any RoleMapCoding
    private let time: any TimeSource
    private let interval: Double

    /// The map in that file, looked at every so many seconds.
    package init(path: String, coding: any RoleMapCoding, time: any TimeSource, interval: Double = 2) {
        self.path = path
        self.coding = coding
        self.time = time
        self.interval = interval
    }

    package func follow(_ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void) async {
        var known: Appearance?
        while !Task.isCancelled {
            let appearance = Appearance(path)
            if appearance != known || appearance.isGone {
                let news = read(appearance)
                await take(news)
                // What can't be opened is looked at again; what is broken, only once it is another file.
                if case .failure(.unreachable) = news { known = nil } else { known = appearance }
            }
            await time.sleep(seconds: interval)
        }
    }

    private func read(_ appearance: Appearance) -> Result<RoleMap?, RoleMapStoreError> {
        if appearance.isGone { return .success(nil) }
        let bytes: [UInt8]
        do throws(FileFailure) {
            bytes = try Self.bytes(path)
        } catch {
            return .failure(.unreachable(place: path, reason: error.reason))
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .failure(.unreadable(place: path, reason: "it is no UTF-8"))
        }
        do throws(RoleMapStoreError) {
            return .success(try coding.map(text, place: path))
        } catch {
            return .failure(error)
        }
    }

    private static func bytes(_ path: String) throws(FileFailure) -> [UInt8] {
        // Not to wait for a pipe's writer.
        let descriptor = try Posix.open(path, O_RDONLY | O_NONBLOCK)
        defer { close(descriptor) }
        return try Posix.readAll(descriptor, path, limit: sizeLimit)
    }

    /// A map of 50,000 roles has some 15 MB.
    private static let sizeLimit = 64 << 20

    /// What a file looks like without being read.
    private struct Appearance: Equatable {
        private let device: UInt64
        private let number: UInt64
        private let size: Int64
        private let changed: Int
        private let changedNanoseconds: Int
        let isGone: Bool

        init(_ path: String) {
            var status = stat()
            isGone = stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
            device = UInt64(truncatingIfNeeded: status.st_dev)
            number = UInt64(truncatingIfNeeded: status.st_ino)
            size = Int64(status.st_size)
            #if canImport(Darwin)
                (changed, changedNanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
            #else
                (changed, changedNanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            #endif
        }
    }
}
