import ArgumentParser
import ClientComposition
import Domain

/// `aws-oidc status`: who is signed in, and what is cached.
struct StatusCommand: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Print who is signed in where until when, and which AWS credentials are cached.",
        discussion: """
            Examples:

              aws-oidc status
              aws-oidc status --json |
                jq -r '.credentials[] | select(.live) | .role_arn'

            It looks at the profiles of the config file and at what is cached; the network is not used.

            --json prints version, sessions (issuer, client_id, state: signed-in, renewable, expired, signed-out or \
            unknown, subject, email, id_token_expiry, access_token_expiry, has_refresh_token, refresh_token_expiry, \
            problem, place: the flags by which they are kept) and credentials (issuer, client_id, role_arn, subject, \
            expiry, live, session_duration in seconds); what is not known is null.
            """)

    @Flag(help: "Print one line of JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        try ListCall(isJSON: json).status(composition)
    }
}
