#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// The config service's place in the house. It has not been built yet, and whoever calls it is told so.
if CommandLine.arguments.dropFirst() == ["version"] {
    print("0.1.0")
    exit(0)
}
let command = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("-") } ?? "serve-config"
let sentence = Array("aws-oidc \(command) failed: the config service is not part of this version yet.\n".utf8)
_ = write(STDERR_FILENO, sentence, sentence.count)
exit(1)
