import Application
import ArgumentParser
import ClientComposition
import Domain

/// `aws-oidc configure`: profiles for every role that a person may take.
struct ConfigureCommand: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "configure",
        abstract: "Write profiles for the roles that you may take into AWS's config file.",
        discussion: """
            What changes is shown before it is written; every line that is not ours stays as it is, and the old file is \
            kept beside it. Where flags answer all questions, nothing is asked. What no flag says is as it was the last \
            time, if that was the same service: with --yes, --dry-run and --check without a question.

            Exit codes: 0 done, or nothing to do; 2 with --dry-run or --check, when something would change; 130 cancelled at \
            a question; 1 anything else.

            Examples:

              aws-oidc configure --issuer-url https://login.example.com \\
                --client-id abc --config-url https://aws.example.com
              aws-oidc configure
              aws-oidc configure --default-region us-west-2 --default-role-name reader
              aws-oidc configure --all --role reader \\
                --profile-template '{account}' --yes
              aws-oidc configure --check || aws-oidc configure --dry-run
            """)

    @Option(name: .customLong("issuer-url"), help: ArgumentHelp("The identity provider's issuer.", valueName: "url"))
    var issuerURL: String?

    @Option(name: .customLong("client-id"), help: ArgumentHelp("The client's id at the provider.", valueName: "id"))
    var clientID: String?

    @Option(
        name: .customLong("config-url"),
        help: ArgumentHelp(
            "The config service. All three are remembered for the next time.", valueName: "url"))
    var configURL: String?

    @Option(
        help: ArgumentHelp("The region of the profiles.", valueName: "region"),
        transform: { text in
            do throws(InvalidAWSRegion) {
                return try AWSRegion(text)
            } catch {
                throw ValidationError("\(error)")
            }
        })
    var defaultRegion: AWSRegion?

    @Option(
        help: ArgumentHelp(
            "The role whose profile has the plain name of its account; every role has its own besides.",
            valueName: "role"))
    var defaultRoleName: String?

    @Flag(help: "A profile for every role, whatever was chosen the last time.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "Only the roles of this account: its alias, name or number; may be given again.", valueName: "account"))
    var account: [String] = []

    @Option(help: ArgumentHelp("Only roles of this name; may be given again.", valueName: "role"))
    var role: [String] = []

    @Option(
        help: ArgumentHelp(
            "How profiles are named: with {account}, {id} (its number) and {role}.", valueName: "template"),
        transform: { text in
            do throws(InvalidProfileTemplate) {
                return try ProfileTemplate(text)
            } catch {
                throw ValidationError("\(error)")
            }
        })
    var profileTemplate: ProfileTemplate?

    @Flag(help: "Print the profiles on standard output, and write no file.")
    var printOnly = false

    @Flag(help: "Print what would change, and write nothing.")
    var dryRun = false

    @Flag(help: "Tell whether the file is up to date, and ask nothing: for cron.")
    var check = false

    @Flag(name: .shortAndLong, help: "Write without asking.")
    var yes = false

    @Flag(help: "Remove profiles of ours whose role is gone, in accounts that the service knows.")
    var prune = false

    @Flag(help: "Take over profiles of the same name that are not ours, or for another issuer.")
    var force = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if [printOnly, dryRun, check].count(where: { $0 }) > 1 {
            throw ValidationError("give one of --print-only, --dry-run and --check")
        }
        if check, common.flushOidcTokenCache {
            throw ValidationError("--check asks nobody to sign in, as --flush-oidc-token-cache would")
        }
        // An unset variable in a script, which would be taken for any account without an alias.
        if (account + role + [defaultRoleName].compactMap { $0 }).contains("") {
            throw ValidationError("--account, --role and --default-role-name need a name")
        }
    }

    func perform(_ composition: ClientComposition) async throws -> Answer {
        let (key, address) = try service(composition.rememberedConfiguration)
        let attendance = composition.attendance(isPerson: composition.isAtTerminal)
        try await composition.flushIfAsked(key, attendance)
        let outcome = try await composition.configureProfiles(key, at: address)(request, attendance)
        switch outcome {
        case .printed(let text): return Answer(text)
        case .upToDate(let path, let skipped):
            let rest = skipped > 0 ? " but for \(skipped) that \(skipped == 1 ? "is" : "are") not ours" : ""
            return Answer("\(path) is up to date\(rest).\n")
        case .pending(let diff, let path):
            let sentence = "\(path) is to change: \(diff.summary).\n"
            return Answer(check ? sentence : diff.text() + sentence, code: 2)
        case .written(let diff, let path, let backup):
            let kept = backup.map { " The old file is \($0)." } ?? ""
            return Answer("\(path) is written: \(diff.summary).\(kept)\n")
        }
    }

    private var request: ConfigureRequest {
        var request = ConfigureRequest()
        request.mode = printOnly ? .print : dryRun ? .dryRun : check ? .check : .write
        (request.region, request.defaultRole, request.isForAll) = (defaultRegion, defaultRoleName, all)
        (request.accounts, request.roles, request.template) = (account, role, profileTemplate)
        request.isSure = yes
        request.manner.forces = force
        request.manner.prunes = prune
        return request
    }

    /// What the flags name, else what was named the last time.
    private func service(_ memory: RememberedConfiguration) throws -> (TokenKey, ConfigServiceAddress) {
        // A client id belongs to its issuer: that of another one is no help.
        let isOther =
            issuerURL.map { $0 != memory.issuerURL } ?? false || clientID.map { $0 != memory.clientID } ?? false
        let memory = isOther ? RememberedConfiguration() : memory
        var missing: [String] = []
        func found(_ flag: String, _ given: String?, _ known: String?) -> String {
            let value = given ?? known
            if value == nil { missing.append(flag) }
            return value ?? ""
        }
        let issuer = found("--issuer-url", issuerURL, memory.issuerURL)
        let client = found("--client-id", clientID, memory.clientID)
        let address = found("--config-url", configURL, memory.configURL)
        guard missing.isEmpty else { throw MissingFlags(flags: missing) }
        return (
            TokenKey(issuer: try Issuer(issuer), clientID: try ClientID(client)), try ConfigServiceAddress(address)
        )
    }
}

/// Flags that were never given.
private struct MissingFlags: Error, CustomStringConvertible {
    let flags: [String]

    var description: String {
        "\(flags.joined(separator: ", ")) must be given, at least the first time. Ask whoever runs the config service for \(flags.count == 1 ? "it" : "them")."
    }
}
