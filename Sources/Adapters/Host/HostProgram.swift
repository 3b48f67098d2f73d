import CLibrary
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Becomes another program, by execve.
package struct HostProgram: ProgramReplacement {
    /// The program of this process.
    package init() {}

    package var environment: [[UInt8]] {
        guard var next = aws_oidc_environment() else { return [] }
        var entries: [[UInt8]] = []
        while let entry = next.pointee {
            entries.append(Self.bytes(entry))
            next += 1
        }
        return entries
    }

    package var descriptors: Set<Int32> { Set(OpenDescriptors.inheritable()) }

    package func check(_ name: [UInt8]) throws(ProgramReplacementError) {
        _ = try search(name).programs()
    }

    package func replace(with command: ProgramCall) throws(ProgramReplacementError) -> Never {
        let name = command.words.first ?? []
        // C would end an argument or a variable there, and something else than was asked for would be run.
        guard !(command.words + command.environment).contains(where: { $0.contains(0) }) else {
            throw .notExecutable(
                path: ProgramSearch.text(name), reason: "an argument or a variable holds a NUL character")
        }
        var failure = ProgramReplacementError.notFound(name: ProgramSearch.text(name))
        let programs = try search(name).programs()
        if let kept = command.descriptors {
            for descriptor in OpenDescriptors.inheritable() where !kept.contains(descriptor) {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
        }
        for program in programs {
            var code = Self.execute(program, command.words, command.environment)
            if code == ENOEXEC, Self.isText(program) {
                // As a shell does with a script that does not say who reads it.
                let path = program.first == UInt8(ascii: "-") ? Array("./".utf8) + program : program
                code = Self.execute(
                    Array("/bin/sh".utf8), [Array("sh".utf8), path] + command.words.dropFirst(), command.environment)
            }
            failure = .notExecutable(
                path: ProgramSearch.text(program),
                reason: code == ENOENT ? "the program that is to read or load it is missing" : Self.reason(code))
        }
        throw failure
    }

    private func search(_ name: [UInt8]) -> ProgramSearch {
        ProgramSearch(name, path: getenv("PATH").map(Self.bytes))
    }

    /// Executes a file; comes back with an error number where that is not possible.
    private static func execute(_ path: [UInt8], _ words: [[UInt8]], _ environment: [[UInt8]]) -> Int32 {
        var arguments = words.map(copy) + [nil]
        var variables = environment.map(copy) + [nil]
        defer { for text in arguments + variables { free(text) } }
        guard !arguments.dropLast().contains(nil), !variables.dropLast().contains(nil) else { return ENOMEM }
        execve(path.map { CChar(bitPattern: $0) } + [0], &arguments, &variables)
        return errno
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
        strdup(bytes.map { CChar(bitPattern: $0) } + [0])
    }

    /// Whether the first line of a file holds no NUL: a program for another machine is nothing for a shell.
    private static func isText(_ path: [UInt8]) -> Bool {
        let descriptor = open(path.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        return !bytes[..<max(0, count)].prefix { $0 != UInt8(ascii: "\n") }.contains(0)
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func bytes(_ text: UnsafeMutablePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
