import Foundation

/// Mounts of a test's own, which only the processes that it starts see (Linux mount namespaces).
enum Namespace {
    /// Words that run a program after these shell commands, in a namespace of its own.
    static func wrapper(_ commands: String) -> [String] {
        unshare + ["/bin/sh", "-c", "set -e; \(commands); exec \"$@\"", "sh"]
    }

    /// Whether this machine lets us have one.
    static let isAvailable: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: unshare[0])
        probe.arguments = unshare.dropFirst() + ["/bin/sh", "-c", "mount -t tmpfs probe /mnt"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    /// Who is not root becomes it in a user namespace.
    private static let unshare = ["/usr/bin/unshare"] + (geteuid() == 0 ? ["--mount"] : ["--map-root-user", "--mount"])

    /// Commands that make the home one that can't be written to.
    static let readOnlyHome = "mount --bind \"$HOME\" \"$HOME\"; mount -o remount,bind,ro \"$HOME\""
    /// Commands that put a home in its place that has no room.
    static let fullHome = """
        mount -t tmpfs -o size=16k,mode=700 full "$HOME"; mkdir -m 700 "$HOME/.cache" "$HOME/.cache/oidc-cli"; \
        dd if=/dev/zero of="$HOME/filler" bs=4096 count=8 2>/dev/null || true
        """
}
