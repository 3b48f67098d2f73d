#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

guard let arguments = Arguments(CommandLine.arguments) else {
    Console.say("error usage: aws-oidc-store-probe read|produce|remove folder=PATH [name=value …]")
    exit(64)
}
let thread = OwnThread()
Task.detached(executorPreference: thread) {
    let line = await Probe(arguments: arguments, thread: thread).run()
    Console.say(line)
    exit(line.hasPrefix("error") ? 1 : 0)
}
thread.run()
