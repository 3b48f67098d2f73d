#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs commands with mounts that nobody else sees, where the system lets us: a full disk, a read-only one.
enum Mounts {
    /// What a shell script printed in a mount namespace of its own; nil where there can be none.
    ///
    /// `$0` is the probe; `mount` works.
    static func run(_ script: String) async throws -> [String]? {
        guard await isPossible() else { return nil }
        let child = try ChildProcess([
            "unshare", "-rm", "sh", "-c", "set -e\nexec 2>&1\n" + script, ChildProcess.product("aws-oidc-store-probe"),
        ])
        let text = await child.rest()
        _ = await child.end()
        return text.split(separator: "\n").map(String.init)
    }

    /// Whether this system lets us mount; says so where it does not.
    static func isPossible() async -> Bool {
        let script = "d=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs $d && umount $d; c=$?; rmdir $d; exit $c"
        guard let child = try? ChildProcess(["unshare", "-rm", "sh", "-c", script]) else { return false }
        if await child.end() == 0 { return true }
        print("skipped: no mount namespace to be had here, so that no disk can be full or read-only")
        return false
    }
}
