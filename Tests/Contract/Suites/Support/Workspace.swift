#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of a test's own, gone with its last owner.
final class Workspace: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/aws-oidc-contract-XXXXXX".utf8CString)
        path =
            mkdtemp(&template) == nil
            ? "" : String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        precondition(!path.isEmpty, "/tmp must be writable")
    }

    deinit {
        chmod(path, 0o700)
        try? FileManager.default.removeItem(atPath: path)
    }

    func path(_ name: String) -> String { path + "/" + name }
}

/// Files as tests look at them.
enum OnDisk {
    static func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map(Array.init)
    }

    static func write(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws {
        unlink(path)
        try Data(bytes).write(to: URL(filePath: path))
        chmod(path, mode)
    }

    static func makeFolder(_ path: String, mode: mode_t = 0o700) {
        mkdir(path, 0o700)
        chmod(path, mode)
    }

    static func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The permission bits; nil where nothing is there.
    static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    /// The names of all files in a folder that anybody but their owner may touch.
    static func openToOthers(_ folder: String) -> [String] {
        names(folder).filter { mode(folder + "/" + $0).map { $0 & 0o077 != 0 } ?? true }
    }

    static func lines(_ path: String) -> [String] {
        String(decoding: bytes(path) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
