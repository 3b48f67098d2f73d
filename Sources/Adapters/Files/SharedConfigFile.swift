import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// AWS's shared config file, as far as this program looks into it.
package enum SharedConfigFile {
    /// The value of a key in a profile; nil where it is not set, or the file can't be read.
    package static func value(of key: String, inProfile profile: String, path: String) -> String? {
        guard let bytes = try? bytes(path) else { return nil }
        return ProfileSetting.value(of: key, inProfile: profile, bytes)
    }

    /// The file's bytes, of a pipe those until its end; nil where there is none.
    ///
    /// - Throws: where it is there and can't be read, or is larger than 16 MB, or a pipe that nothing comes out of.
    package static func bytes(_ path: String) throws(SharedConfigFileError) -> [UInt8]? {
        do {
            let descriptor = try Posix.open(path, O_RDONLY)
            defer { close(descriptor) }
            if let bytes = try PatientFile.bytes(descriptor, path, limit: 16 << 20) { return bytes }
        } catch {
            if error.isAbsence { return nil }
            let remedy = error.isOfPermission ? "Correct its permissions" : "Correct that"
            throw SharedConfigFileError(path: path, reason: error.reason, remedy: remedy)
        }
        throw SharedConfigFileError(
            path: path, reason: "it is a pipe, and nothing came out of it for \(PatientFile.patience) s",
            remedy: "Start what writes to it")
    }
}

/// A config file that is there and can't be read.
package struct SharedConfigFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// What the system says.
    package let reason: String
    private let remedy: String

    init(path: String, reason: String, remedy: String) {
        (self.path, self.reason, self.remedy) = (path, reason, remedy)
    }

    package var description: String {
        "\(path) can't be read: \(reason). \(remedy), or name another file in AWS_CONFIG_FILE."
    }
}
