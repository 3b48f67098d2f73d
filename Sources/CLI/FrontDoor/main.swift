#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// The front door: answers `creds-process` from live cached credentials, and executes the client for all else.
// It decides nothing that the client would decide otherwise: whatever it does not know, the client is asked.
if let request = CachedRequest(arguments: CommandLine.arguments.dropFirst()), let output = request.answer() {
    exit(Answer.write(output))
}
Companion.execute()
