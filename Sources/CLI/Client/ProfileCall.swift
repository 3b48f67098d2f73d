import Application
import ClientComposition
import CommandLineBasics
import Domain

/// What `exec` and `env` have in common: somebody wants a profile's credentials as variables.
struct ProfileCall: Sendable {
    /// `--profile`; nil where the environment decides.
    var profile: String?
    /// `--session-duration`; nil where the profile decides.
    var duration: SessionDuration?

    /// The credentials of the profile as variables: a person at a terminal may be asked to sign in.
    func variables(_ composition: ClientComposition) async throws -> ProfileVariables {
        if let recursion = composition.recursion { throw recursion }
        let profile = try composition.profile(named: profile)
        composition.warnOfStaticKeys { [profile.name] }
        let credentials = try await profile.credentials(
            for: duration, composition.attendance(isPerson: composition.isAtTerminal, .shown))
        return ProfileVariables(profile, credentials)
    }

    /// The same where they are cached and fresh, without any waiting; nil where they are not.
    func variablesAtHand(_ composition: ClientComposition) -> ProfileVariables? {
        guard let profile = try? composition.profile(named: profile),
            let credentials = profile.credentialsAtHand(for: duration), composition.recursion == nil
        else { return nil }
        composition.warnOfStaticKeys { [profile.name] }
        return ProfileVariables(profile, credentials)
    }
}

/// A profile's credentials as variables.
struct ProfileVariables: Sendable {
    let profileName: String
    let environment: CredentialEnvironment

    init(_ profile: OurProfile, _ credentials: AWSCredentials) {
        profileName = profile.name
        environment = CredentialEnvironment(credentials, region: profile.region, output: profile.output) {
            Environment.variables[$0]
        }
    }
}
