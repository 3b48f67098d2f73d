#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// Every command says what is wrong in one line, and only this file ends the process.
let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch arguments.first {
    case "serve": try ServeCommand(Array(arguments.dropFirst())).run()
    case "browser": try BrowserCommand.run(Array(arguments.dropFirst()))
    case "requests": try RequestsCommand.run(Array(arguments.dropFirst()))
    case "control": try ControlCommand.run(Array(arguments.dropFirst()))
    case "help", "--help", "-h": printLine(Usage.text)
    default: throw UsageError("there is no such command")
    }
} catch let error as UsageError {
    printLine("aws-oidc-stand-ins: \(error.sentence)\n\(Usage.text)", to: STDERR_FILENO)
    exit(2)
} catch {
    printLine("aws-oidc-stand-ins: \(error)", to: STDERR_FILENO)
    exit(1)
}
