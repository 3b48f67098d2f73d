#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whose way of opening a page works here.
package enum DesktopPlatform: Sendable, Hashable, CaseIterable {
    /// A Linux desktop.
    case linux
    /// Linux inside Windows, whose browser is the person's (Windows Subsystem for Linux).
    case wsl
    /// macOS.
    case macOS

    /// The platform of this process, by its environment and its kernel.
    package static func detected(environment: [String: String]) -> DesktopPlatform {
        #if canImport(Darwin)
            .macOS
        #else
            linuxKind(environment: environment, kernelRelease: kernelRelease())
        #endif
    }

    /// WSL names itself in the environment; under sudo or cron only the kernel does.
    static func linuxKind(environment: [String: String], kernelRelease: String) -> DesktopPlatform {
        if environment["WSL_DISTRO_NAME"]?.isEmpty == false { return .wsl }
        return kernelRelease.lowercased().contains("microsoft") ? .wsl : .linux
    }

    #if os(Linux)
        private static func kernelRelease() -> String {
            let descriptor = open("/proc/sys/kernel/osrelease", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return "" }
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = read(descriptor, &bytes, bytes.count)
            return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        }
    #endif
}
