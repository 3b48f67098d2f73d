import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The executables that the front door hands over to.
enum Companion {
    private static let serverCommands: Set<String> = ["serve-config", "update-rolemap", "rsa-keygen"]

    /// Becomes the server for its commands, the client for all else; where that one is missing, says so.
    static func execute() -> Never {
        let name = isServers(CommandLine.arguments.dropFirst()) ? "aws-oidc-server" : "aws-oidc-client"
        let paths = candidates(name)
        for path in paths {
            execv(path, CommandLine.unsafeArgv)
            if errno != ENOENT, errno != ENOTDIR {
                Answer.complain(
                    "\(path) can't be executed: \(String(cString: strerror(errno))). Install aws-oidc anew.")
                exit(1)
            }
        }
        Answer.complain(
            "\(name) is missing: it belongs to \(paths.joined(separator: " or ")). "
                + "Install aws-oidc whole (make install PREFIX=…), or put its executables side by side.")
        exit(1)
    }

    /// Whether the command is the server's, or the one that is asked about.
    private static func isServers(_ arguments: ArraySlice<String>) -> Bool {
        let words = arguments.dropFirst(ValuedFlags.countBeforeWord(arguments))
        if words.first == "help" { return isServers(words.dropFirst()) }
        return words.first.map(serverCommands.contains) ?? false
    }

    /// Beside this executable: in `../libexec/aws-oidc/`, else in its own folder.
    private static func candidates(_ name: String) -> [String] {
        guard let own = executable, let slash = own.lastIndex(of: "/") else { return [name] }
        let folder = own[..<slash]
        let above = folder.lastIndex(of: "/").map { folder[..<$0] } ?? ""
        return ["\(above)/libexec/aws-oidc/\(name)", "\(folder)/\(name)"]
    }

    private static var executable: String? {
        #if os(Linux)
            var bytes = [CChar](repeating: 0, count: 4096)
            let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
            guard count > 0 else { return nil }
            return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #else
            var size: UInt32 = 4096
            var bytes = [CChar](repeating: 0, count: 4096)
            guard _NSGetExecutablePath(&bytes, &size) == 0, let path = realpath(bytes, nil) else { return nil }
            defer { free(path) }
            return String(cString: path)
        #endif
    }
}
