import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts our own client anew, so that a sign-in outlives the command that found it necessary.
package struct ProcessStarter: Sendable {
    /// A starter.
    package init() {}

    /// Starts a program that holds nothing of ours, and returns its process number without waiting for it.
    ///
    /// It has a session of its own, /dev/null for the standard streams, no other descriptor, no signal blocked or
    /// ignored, our umask, and our working directory, since paths in the environment may be relative to it. `executable` is a path; it is not
    /// looked for. Once it has ended it is waited for, and its number is free for others.
    package func startDetached(
        executable: String, arguments: [String], environment: [String: String]
    ) throws(ProcessStartError) -> Int32 {
        do {
            return try Spawn.detached(executable, arguments, environment: environment)
        } catch {
            throw .notStarted(executable: executable, reason: error.reason)
        }
    }

    /// Starts a program in the same manner, but has what it says on standard error told as long as this process lives.
    ///
    /// - Parameter hears: gets each line with its end, in their order, on a thread of its own, and nil after the last one.
    package func startHeard(
        executable: String, arguments: [String], environment: [String: String],
        hears: @escaping @Sendable (String?) -> Void
    ) throws(ProcessStartError) -> Int32 {
        do {
            let ends = try SocketPair()
            let pid = try Spawn.detached(executable, arguments, environment: environment, errors: ends.theirs)
            let ours = ends.ours
            if DetachedThread.start({ Self.listen(ours, hears) }) != 0 { hears(nil) }
            return pid
        } catch {
            throw .notStarted(executable: executable, reason: error.reason)
        }
    }

    private static func listen(_ descriptor: Descriptor, _ hears: (String?) -> Void) {
        var unread: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor.number, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            unread += piece[..<count]
            while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                hears(String(decoding: unread[...end], as: UTF8.self))
                unread.removeSubrange(...end)
            }
        }
        hears(nil)
    }

    /// Starts a program in the same manner, but connected with us: its standard input and output are the other end of the
    /// socket whose descriptor is given back, and is the caller's to close.
    ///
    /// - Parameter sharesErrors: whether its standard error is ours.
    package func startConnected(
        executable: String, arguments: [String], environment: [String: String], sharesErrors: Bool = false
    ) throws(ProcessStartError) -> Int32 {
        do {
            let ends = try SocketPair()
            let errors = sharesErrors ? try? Descriptor.copy(of: STDERR_FILENO) : nil
            _ = try Spawn.detached(
                executable, arguments, environment: environment, connection: ends.theirs, errors: errors)
            return try ends.ours.duplicate()
        } catch {
            throw .notStarted(executable: executable, reason: error.reason)
        }
    }
}

/// Why a program could not be started.
package enum ProcessStartError: Error, Sendable, Hashable {
    /// The system refused.
    case notStarted(executable: String, reason: String)
}

extension ProcessStartError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notStarted(let executable, let reason):
            "\(PrintableText.line(executable)) could not be started: \(reason). Check that it is there and may be executed."
        }
    }
}
