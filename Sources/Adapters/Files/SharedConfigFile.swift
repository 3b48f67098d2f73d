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
        guard let descriptor = try? Posix.open(path, O_RDONLY | O_NONBLOCK) else { return nil }
        defer { close(descriptor) }
        guard let bytes = try? Posix.readAll(descriptor, path, limit: 16 << 20) else { return nil }
        return ProfileSetting.value(of: key, inProfile: profile, String(decoding: bytes, as: UTF8.self))
    }
}
