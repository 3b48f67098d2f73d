#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts programs that outlive us and hold nothing of ours (posix_spawn).
enum Spawn {
    /// How a child's descriptors above 2 are closed on Linux.
    enum Closing: CaseIterable {
        /// By one call in the child; needs version 2.34 of the C library.
        case byRange
        /// One by one: what /proc/self/fd lists here, and what another thread opens meanwhile, which gets the lowest
        /// number that is free.
        case oneByOne
    }

    /// Starts a program in a session of its own, with /dev/null for the standard streams, no other descriptor, no signal
    /// blocked, and each signal's default action; a thread waits for its end, so that no zombie stays.
    ///
    /// - Parameters:
    ///   - connection: what its standard input and output are instead.
    ///   - errors: what its standard error is instead.
    /// - Returns: the child's process number.
    static func detached(
        _ executable: String, _ arguments: [String], environment: [String: String],
        closing: Closing = .byRange, connection: Descriptor? = nil, errors: Descriptor? = nil
    ) throws(SystemError) -> pid_t {
        let words = [executable] + arguments
        let settings = environment.map { "\($0.key)=\($0.value)" }
        // C would end the text there, and another program or argument than the one asked for would be run.
        guard !(words + settings).contains(where: { $0.utf8.contains(0) }) else { throw SystemError(code: EINVAL) }

        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        try check(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        try check(posix_spawnattr_init(&attributes))
        defer { posix_spawnattr_destroy(&attributes) }

        for stream: Int32 in 0...2 {
            if let given = stream == STDERR_FILENO ? errors : connection {
                try check(posix_spawn_file_actions_adddup2(&actions, given.number, stream))
                continue
            }
            try check(
                posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", stream == 0 ? O_RDONLY : O_WRONLY, 0))
        }
        #if os(Linux)
            // POSIX_SPAWN_SETSID, which the headers hide.
            var flags: Int32 = 0x80
            if closing == .byRange, let addCloseFrom = GNUFunctions.addCloseFrom {
                try check(addCloseFrom(&actions, 3))
            } else {
                // Never by setting FD_CLOEXEC here: a command that we become later has a right to what we were given.
                for descriptor in numbersToClose() {
                    try check(posix_spawn_file_actions_addclose(&actions, descriptor))
                }
            }
        #else
            var flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_CLOEXEC_DEFAULT
        #endif

        var none = sigset_t()
        sigemptyset(&none)
        try check(posix_spawnattr_setsigmask(&attributes, &none))
        var all = sigset_t()
        sigfillset(&all)
        for fixed in [SIGKILL, SIGSTOP] { sigdelset(&all, fixed) }
        try check(posix_spawnattr_setsigdefault(&attributes, &all))
        flags |= Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        try check(posix_spawnattr_setflags(&attributes, Int16(flags)))

        let pid = try start(executable, words, settings) { pid, executable, words, settings in
            posix_spawn(pid, executable, &actions, &attributes, words, settings)
        }
        _ = DetachedThread.start { while waitpid(pid, nil, 0) < 0, errno == EINTR {} }
        return pid
    }

    private typealias Texts = [UnsafeMutablePointer<CChar>?]

    private static func start(
        _ executable: String, _ words: [String], _ settings: [String],
        _ spawn: (UnsafeMutablePointer<pid_t>, String, Texts, Texts) -> Int32
    ) throws(SystemError) -> pid_t {
        let words: Texts = words.map { strdup($0) }
        let settings: Texts = settings.map { strdup($0) }
        defer { for text in words + settings { free(text) } }
        guard !(words + settings).contains(nil) else { throw SystemError(code: ENOMEM) }
        var pid: pid_t = 0
        try check(spawn(&pid, executable, words + [nil], settings + [nil]))
        return pid
    }

    private static func check(_ code: Int32) throws(SystemError) {
        if code != 0 { throw SystemError(code: code) }
    }

    #if os(Linux)
        /// Each number above 2 that may be open when the child starts.
        ///
        /// Up to the highest that is open now, and some more for what other threads open until then; up to the limit
        /// where /proc does not tell. Closing one that is not open is no error for posix_spawn, if it is below the limit.
        private static func numbersToClose() -> [Int32] {
            let limit = Int32(clamping: min(max(sysconf(Int32(_SC_OPEN_MAX)), 3), 65536))
            guard let folder = opendir("/proc/self/fd") else { return Array(3..<limit) }
            defer { closedir(folder) }
            var open: [Int32] = []
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if let number = Int32(name), number > 2 { open.append(number) }
            }
            let end = min((open.filter { $0 < limit }.max() ?? 2) + 64, limit)
            // What was opened under a higher limit than today's can still be closed, for it is open.
            return Array(3..<end) + open.filter { $0 >= end && $0 != dirfd(folder) }
        }
    #endif
}
