/// The flags of this program's commands that take a value: whoever looks for the command passes over both.
package enum ValuedFlags {
    /// Their names, whichever command they belong to.
    package static let names: Set<String> = [
        "--account", "--after", "--aws-retries", "--aws-role-arn", "--bind", "--bits", "--cache", "--callback-port",
        "--client-id",
        "--concurrency", "--config-url", "--configmap-key", "--configmap-name", "--default-region",
        "--default-role-name", "--directory", "--drain-timeout", "--format", "--groups-file", "--issuer-url",
        "--kubernetes-server", "--log-file", "--login-timeout", "--max-connections", "--metrics-port", "--min-ttl",
        "--node-local-cache", "--other-than", "--out", "--profile", "--profile-template", "--refresh-interval",
        "--region", "--role",
        "--rolemap", "--session-duration", "--skip-accts", "--state", "--tls-cert", "--tls-key", "--web-server-port",
    ]

    /// How many of these words are flags with their values, before the first word that is neither.
    package static func countBeforeWord(_ arguments: ArraySlice<String>) -> Int {
        var rest = arguments
        while let argument = rest.first, argument.hasPrefix("-"), argument != "--" {
            rest = rest.dropFirst(names.contains(argument) ? 2 : 1)
        }
        return arguments.count - rest.count
    }

    /// The command line with its command first; as it is where there is none.
    package static func commandFirst(_ arguments: [String]) -> [String] {
        let count = countBeforeWord(arguments[...])
        guard count < arguments.count, arguments[count] != "--" else { return arguments }
        return [arguments[count]] + arguments[..<count] + arguments[(count + 1)...]
    }
}
