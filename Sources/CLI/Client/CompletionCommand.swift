import ArgumentParser
import CommandLineBasics

/// `aws-oidc completion`: the script by which a shell completes commands and flags.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print the script by which a shell completes commands and flags.",
        discussion: """
            The script goes to standard output. Examples:

              source <(aws-oidc completion bash)
              aws-oidc completion zsh > ~/.zfunc/_aws-oidc
              aws-oidc completion fish > ~/.config/fish/completions/aws-oidc.fish
              aws-oidc completion powershell | Out-String | Invoke-Expression
            """)

    /// The shells that there is a script for.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish, powershell
    }

    @Argument(help: "bash, zsh, fish or powershell.")
    var shell: Shell

    func run() throws {
        let script =
            switch shell {
            case .bash: ClientCommand.completionScript(for: .bash)
            case .zsh: ClientCommand.completionScript(for: .zsh)
            case .fish: ClientCommand.completionScript(for: .fish)
            case .powershell: Self.powershell
            }
        guard Output.print(script.hasSuffix("\n") ? script : script + "\n") else { throw ExitCode(1) }
    }

    /// Asks the program for its own commands and flags, once a session: it can't differ from what there is.
    private static let powershell = """
        Register-ArgumentCompleter -Native -CommandName aws-oidc -ScriptBlock {
            param($word, $ast, $position)
            if (-not $global:AwsOidcCommands) {
                $global:AwsOidcCommands = (& aws-oidc --experimental-dump-help | Out-String | ConvertFrom-Json).command
            }
            $command = $global:AwsOidcCommands
            foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
                $found = $command.subcommands | Where-Object { $_.shouldDisplay -and $_.commandName -eq "$element" }
                if ($found -and "$element" -ne $word) { $command = $found; break }
            }
            $names = @($command.subcommands | Where-Object shouldDisplay | ForEach-Object commandName)
            foreach ($argument in $command.arguments | Where-Object shouldDisplay) {
                foreach ($name in $argument.names) {
                    $names += $(if ($name.kind -eq 'long') { '--' } else { '-' }) + $name.name
                }
            }
            $names | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """
}
