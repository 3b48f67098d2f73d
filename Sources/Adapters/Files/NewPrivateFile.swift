package import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file for a secret, which no file of that name comes before.
package enum NewPrivateFile {
    /// Makes a file that only its owner may read, with this text; one that is there already is never touched.
    package static func create(_ path: String, _ secret: Secret) throws(NewPrivateFileError) {
        do throws(FileFailure) {
            let descriptor = try Posix.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
            defer { close(descriptor) }
            do throws(FileFailure) {
                try Posix.writeAll(descriptor, path, Array(secret.revealed.utf8))
                try Posix.synchronize(descriptor, path)
            } catch {
                unlink(path)
                throw error
            }
        } catch {
            throw NewPrivateFileError(path: path, exists: error.code == EEXIST, reason: error.reason)
        }
    }

    /// Removes what `create` just made, for which there is no use after all.
    package static func remove(_ path: String) {
        unlink(path)
    }
}

/// A file that could not be made.
package struct NewPrivateFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// Whether there is one of that name.
    package let exists: Bool
    /// What the system says.
    package let reason: String

    package var description: String {
        exists
            ? "\(path) is there already, and a key is never overwritten: move it away, or name another file with --out."
            : "\(path) can't be written: \(reason). Name another file with --out."
    }
}
