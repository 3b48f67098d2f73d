/// Becomes another program.
package protocol ProgramReplacement: Sendable {
    /// The entries of this process's environment, byte for byte, in their order.
    var environment: [[UInt8]] { get }

    /// The descriptors above 2 that a program executed now would find open.
    var descriptors: Set<Int32> { get }

    /// Looks whether there is such a program that could be executed, so that nobody signs in for nothing.
    func check(_ name: [UInt8]) throws(ProgramReplacementError)

    /// Executes a command in the place of this program: the same process, folder, terminal and descriptors, but those that are closed on exec.
    ///
    /// The program is looked for in `PATH` as POSIX says (execvp), and a file that is neither a program nor a script that
    /// names its reader goes to `sh`. Signals are as this process has them.
    func replace(with command: ProgramCall) throws(ProgramReplacementError) -> Never
}

/// A program with its arguments and environment, in bytes, which need not be UTF-8.
package struct ProgramCall: Sendable, Hashable {
    /// The program's name or path, then its arguments.
    package let words: [[UInt8]]
    /// The entries of its environment.
    package let environment: [[UInt8]]
    /// The descriptors above 2 that it may find open; nil for all that do not close by themselves.
    package let descriptors: Set<Int32>?

    /// A call of that command in that environment.
    package init(words: [[UInt8]], environment: [[UInt8]], descriptors: Set<Int32>?) {
        self.words = words
        self.environment = environment
        self.descriptors = descriptors
    }
}

/// Why a program was not executed.
package enum ProgramReplacementError: Error, Sendable, Hashable {
    /// There is none of that name.
    case notFound(name: String)
    /// There is one, but it can't be executed.
    case notExecutable(path: String, reason: String)
}

extension ProgramReplacementError: CustomStringConvertible {
    /// What a shell exits with in its place (POSIX, Shell Command Language, section 2.8.2).
    package var exitCode: Int32 {
        switch self {
        case .notFound: 127
        case .notExecutable: 126
        }
    }

    package var description: String {
        switch self {
        case .notFound(let name) where name.contains("/"):
            "the command \"\(name)\" is not there. Correct its path."
        case .notFound(let name):
            "the command \"\(name)\" is in no folder of PATH. Correct its name, or give its path."
        case .notExecutable(let path, let reason):
            "the command \(path) can't be executed: \(reason). Make it executable, or name another one."
        }
    }
}
