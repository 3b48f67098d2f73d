import ArgumentParser
import ClientComposition
import CommandLineBasics
import Domain

/// `aws-oidc profiles`: the profiles of AWS's config file that are ours.
struct ProfilesCommand: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "Print the profiles of AWS's config file that use aws-oidc: name, account, role, region.",
        discussion: """
            Examples:

              aws-oidc profiles
              aws-oidc profiles |
                while IFS=$'\\t' read -r name account role region; do echo "$name"; done

            A line a profile, a tab between the columns (a name may have blanks), - for what a profile does not say; on \
            a terminal a table.

            --json prints version and profiles (name, account, role, role_arn, region, problem); what is not known is \
            null.
            """)

    @Flag(help: "Print one line of JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        try ListCall(isJSON: json).profiles(composition)
    }
}
