import ClientComposition
import CommandLineBasics

// The order matters: streams first, so that no file of ours can become standard output.
StandardStreams.prepare()

let arguments = ArgumentOrder.normalized(Array(CommandLine.arguments.dropFirst()))
if arguments == ["version"] || arguments == ["--version"] {
    // Answered in plain code: the parser alone would take longer than all of this.
    end(with: Output.print(Version.text + "\n") ? 0 : 1)
}
end(with: QuickCommand.run(arguments) ?? ClientCommand.run(arguments))
