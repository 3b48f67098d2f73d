package import Application
package import Domain
import Files
package import Ports

extension ClientComposition {
    /// Starts afresh where `--flush-oidc-token-cache` asks for it: what is cached now does not count any more.
    ///
    /// That is a sign-in, and no removal: those who ask for it at the same time share one.
    package func flushIfAsked(_ key: TokenKey, _ attendance: Attendance) async throws(SignInProblem) {
        guard settings.flushes else { return }
        try await obtainTokens(key).replace(attendance)
        for unremoved in logOut(key).forgetCredentials() { notices.warn("\(unremoved)") }
    }

    /// The same for a command that never signs in: removes what it would use.
    package func removeIfAsked(_ key: TokenKey) throws(TokenStoreError) {
        guard settings.flushes else { return }
        let (problem, credentials) = logOut(key).forget()
        if let problem { throw problem }
        for unremoved in credentials { notices.warn("\(unremoved)") }
    }

    /// Signs out.
    package func logOut(_ key: TokenKey) -> LogOut {
        LogOut(
            key: key, store: tokens, credentials: credentials, journal: journal, starter: starter(key),
            provider: provider(key), verdicts: verdicts, time: time)
    }

    /// The flags by which its tokens are kept where they are; nil where they are where they are without any.
    package var tokenPlace: String? { settings.tokenPlace }

    /// Everything that is signed in or cached, as far as it is known here.
    package func status() throws -> StatusOutput {
        let known = known(try configuredProfiles())
        return ShowStatus(time: time)(
            known.sessions.map {
                ($0.key, $0.composition.tokens, $0.composition.verdicts, $0.composition.settings.tokenPlace)
            },
            known.credentials)
    }

    /// The issuers and clients that the config file's profiles and the cached credentials name, each once for every place that tokens are kept in.
    ///
    /// Where the config file can't be read, those that the cached credentials name, and why there may be others.
    package func sessions() -> (sessions: [Session], problem: (any Error)?) {
        do {
            return (known(try configuredProfiles()).sessions, nil)
        } catch {
            return (known([]).sessions, error)
        }
    }

    /// An issuer and client, and what its commands use.
    package typealias Session = (key: TokenKey, composition: ClientComposition)

    /// Those, and the cached credentials of every place that one of them is kept in.
    private func known(_ profiles: [ConfigProfile]) -> (sessions: [Session], credentials: [CredentialsHeader]) {
        var seen = Set<[String?]>()
        var found: [Session] = []
        func add(_ key: TokenKey, _ settings: ClientSettings) {
            let place = [key.text, settings.nodeLocalFolder, settings.cacheText]
            guard seen.insert(place).inserted else { return }
            found.append((key, ClientComposition(settings, of: self)))
        }
        var reader = CredentialProcessReader()
        for profile in profiles {
            guard let command = profile.value("credential_process"),
                case (let process?, isKnown: false)? = try? reader.read(command),
                let key = Self.key(process.issuerURL, process.clientID)
            else { continue }
            let own = settings.of(process)
            // A store that there is not can hold nothing.
            if let text = own.cacheText, TokenCacheChoice(text) == nil { continue }
            add(key, own)
        }
        var folders = Set<String>()
        var credentials: [CredentialsHeader] = []
        for composition in [self] + found.map(\.composition) {
            let news = composition.hostFolders.filter { folders.insert($0).inserted }
            if news.isEmpty { continue }
            for header in composition.credentialHeaders(in: news) {
                credentials.append(header)
                guard let owner = header.issuerAndClient, let key = Self.key(owner.issuer, owner.clientID) else {
                    continue
                }
                add(key, composition.settings)
            }
        }
        return (found, credentials)
    }

    private static func key(_ issuer: String?, _ clientID: String?) -> TokenKey? {
        guard let issuer = issuer.flatMap({ try? Issuer($0) }), let clientID = clientID.flatMap({ try? ClientID($0) })
        else { return nil }
        return TokenKey(issuer: issuer, clientID: clientID)
    }

    /// The profiles of the config file that are ours.
    package func ourProfiles() throws -> [ProfileOutput] { try ourProfilesAndLack().profiles }

    /// The same, and where there are none, why.
    package func ourProfilesAndLack() throws -> (profiles: [ProfileOutput], lack: String?) {
        guard let all = try fileProfiles() else {
            return ([], "there is no \(configPath), where profiles are looked for.")
        }
        var reader = CredentialProcessReader()
        let problem = settings.problem(inProfile:)
        let ours = all.compactMap { ProfileOutput($0, &reader, settingsProblem: problem) }
        return (ours, ours.isEmpty ? "no profile of \(configPath) is ours." : nil)
    }

    private func configuredProfiles() throws -> [ConfigProfile] { try fileProfiles() ?? [] }

    /// The config file's profiles; nil where there is no such file.
    private func fileProfiles() throws -> [ConfigProfile]? {
        let path = configPath
        guard let bytes = try SharedConfigFile.bytes(path) else { return nil }
        do {
            return try ConfigDocument(bytes).profiles
        } catch {
            throw ProfileProblem.noFormat(path: path, error)
        }
    }
}
