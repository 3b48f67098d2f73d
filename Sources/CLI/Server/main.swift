import CommandLineBasics
import Domain

// A reader that goes away must not end the service, or a scan, without a word.
StandardStreams.prepare()

let arguments = ValuedFlags.commandFirst(Array(CommandLine.arguments.dropFirst()))
if arguments == ["version"] || arguments == ["--version"] {
    end(with: Output.print(Version.text + "\n") ? 0 : 1)
}
end(with: ServerCommand.run(arguments))
