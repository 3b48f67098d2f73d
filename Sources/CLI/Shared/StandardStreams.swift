import Locking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The three descriptors that every process expects to have, and the signals that go with them.
package enum StandardStreams {
    /// The signals that `prepare` found with their default action, and ignores.
    private static let ignored = Guarded<[Int32]>([])

    /// Fills those that our starter closed, so that no file that is opened later gets their numbers and is written to by mistake.
    ///
    /// A closed standard output becomes one that refuses to be written to, so that the failure is told. A pipe that nobody
    /// reads any more is an error like any other, no signal; and a terminal whose foreground is another program's may be
    /// written to without this one being stopped.
    package static func prepare() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the one that is missing.
            _ = open("/dev/null", (descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
        }
        // A signal's default action is a null function, which Swift sees as none.
        let found = [SIGPIPE, SIGTTOU].filter { signal($0, SIG_IGN).map { _ in false } ?? true }
        ignored.with { $0 = found }
    }

    /// Gives the signals back their action, for a program that takes this one's place.
    ///
    /// The descriptors that were filled close by themselves: it finds open what our starter opened.
    package static func restore() {
        for number in ignored.with({ $0 }) { signal(number, SIG_DFL) }
    }
}
