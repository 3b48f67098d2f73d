import ArgumentParser
import Domain

/// The flags that name a profile and how long its credentials shall live.
struct ProfileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The profile in AWS's config file (AWS_PROFILE, AWS_DEFAULT_PROFILE, else default).", valueName: "name"),
        completion: .profiles)
    var profile: String?

    @Option(
        help: ArgumentHelp("How long the credentials live, from 15m to 12h (default: 1h).", valueName: "duration"),
        transform: SessionDuration.init(argument:))
    var sessionDuration: SessionDuration?

    /// What these flags ask for.
    var call: ProfileCall { ProfileCall(profile: profile, duration: sessionDuration) }
}

extension CompletionKind {
    /// The profiles that there are; a name with a blank in it makes two words in bash.
    static var profiles: CompletionKind { .shellCommand("aws-oidc profiles 2>/dev/null | cut -f1") }
}

extension SessionDuration {
    /// The length that a flag's value names.
    init(argument: String) throws {
        do throws(InvalidSessionDuration) {
            try self.init(argument)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
