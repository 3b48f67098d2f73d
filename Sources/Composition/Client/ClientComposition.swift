import AWS
package import Application
import Curl
import Desktop
package import Domain
import Files
import Host
import OIDC
import OpenSSL
package import Ports
import Terminal

/// Which adapter stands behind which port, in the client.
///
/// Nothing is opened, loaded or asked before it is used.
package final class ClientComposition: Sendable {
    let settings: ClientSettings
    let time = HostClock()
    private let cryptography = OpenSSLCryptography()
    let home: String?
    private let hostName: String
    private let hostFiles: HostFiles
    /// The folders that may hold what this host keeps, the one to write to first.
    let hostFolders: [String]
    private let logFile: LogFile
    private let voice: SignInVoice
    let http: any HTTPClient
    /// The same without a word in the log or to the person.
    private let plainHTTP: any HTTPClient

    private let remembered = RememberingNotices()
    /// What was signed in for and could not be stored.
    package let unstored: UnstoredTokens

    /// Speaks to the person.
    package let notices: any Notices
    /// Writes what happened.
    package var log: any Log { logFile }

    /// The client of these settings; one that runs detached has nobody to speak to.
    package convenience init(_ settings: ClientSettings, isDetached: Bool = false) {
        self.init(settings, isDetached: isDetached, of: nil)
    }

    /// The client of these settings, with the log and the notices of another one.
    init(_ settings: ClientSettings, isDetached: Bool = false, of other: ClientComposition?) {
        self.settings = settings
        let own: any Notices = isDetached ? remembered : WarningsOnce(TerminalNotices())
        notices = other?.notices ?? own
        unstored = UnstoredTokens(notices: notices)
        home = HostIdentity.home(settings.environment)
        hostName = HostIdentity.name
        hostFolders = HostLocalFolder.candidates(
            nodeLocal: settings.nodeLocalFolder, runtimeFolder: settings.environment["XDG_RUNTIME_DIR"],
            userID: HostIdentity.userID, hostName: hostName)
        hostFiles = Self.files(in: hostFolders, settings, notices)
        // Nothing is written to a home that may hang, where another folder was named.
        let logFolder = settings.nodeLocalFolder.map {
            HostLocalFolder.nodeLocal($0, userID: HostIdentity.userID, hostName: HostIdentity.name) + "/logs"
        }
        logFile =
            other?.logFile
            ?? LogFile(
                path: settings.logFile, folder: logFolder ?? home.map { $0 + "/.aws-oidc/logs" },
                ownFolderAbove: Self.userFolder(settings), hostName: hostName,
                loudest: settings.loudestLevel.map { $0 == .debug ? .debug : .info }, time: time)
        voice = other?.voice ?? SignInVoice(logFile)
        let variable = { @Sendable name in settings.environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        plainHTTP = CurlHTTPClient(
            CurlSettings(
                certificateBundle: variable("AWS_CA_BUNDLE") ?? variable("SSL_CERT_FILE"),
                userAgent: "aws-oidc/\(settings.version)"))
        http = ReportingHTTPClient(
            plainHTTP, time: time, log: logFile, notices: notices)
    }

    /// Gives AWS credentials of that role.
    ///
    /// - Throws: where the settings name no STS that could be asked: before anybody is asked to sign in.
    package func obtainCredentials(_ key: TokenKey, _ role: RoleARN, region: String?) throws(InvalidSTSSettings)
        -> ObtainCredentials
    {
        try obtainCredentials(key, role, region: region, profileRegion: region == nil ? profileRegion : nil)
    }

    /// Gives AWS credentials of that role, with what the profile that it stands in says of the region.
    func obtainCredentials(_ key: TokenKey, _ role: RoleARN, region: String?, profileRegion: String?)
        throws(InvalidSTSSettings) -> ObtainCredentials
    {
        let endpoints = STSEndpoint.Settings(
            region: region, profileRegion: profileRegion,
            variable: { self.settings.environment[$0] })
        _ = try STSEndpoint(for: role.partition, endpoints)
        return ObtainCredentials(
            store: credentials, tokens: obtainTokens(key),
            sts: STS(http: http, time: time, random: cryptography, settings: endpoints),
            verdicts: verdicts, time: time, notices: notices, log: log)
    }

    /// The key under which credentials of that role are cached.
    package func credentialsKey(_ key: TokenKey, roleARN: String, _ duration: SessionDuration) -> CredentialsKey {
        CredentialsKey(
            issuer: key.issuer.text, clientID: key.clientID.text, roleARN: roleARN, duration: Int64(duration.seconds),
            endpoints: EndpointVariables { settings.environment[$0] })
    }

    /// Gives tokens.
    package func obtainTokens(_ key: TokenKey) -> ObtainTokens {
        let (tokens, starter) = (tokens, starter(key))
        return ObtainTokens(
            key: key, store: tokens,
            renewal: TokenRenewal(
                key: key, provider: provider(key), verifier: provider(key), verdicts: verdicts, journal: journal,
                starter: starter, hostLock: FileHostLock(files: hostFiles, time: time), signIn: signIn(key), time: time,
                interrupts: HostInterrupts.keyboard, seat: settings.seat,
                unstored: unstored, notices: notices, log: log),
            awaitSignIn: AwaitSignIn(
                key: key, store: tokens, journal: journal, starter: starter, interrupts: HostInterrupts.keyboard,
                time: time, notices: notices, console: TerminalConsole(kind: settings.environment["TERM"]),
                seat: settings.seat, http: plainHTTP, wish: settings.signInWish),
            time: time, notices: notices, log: log)
    }

    /// Starts sign-ins.
    func starter(_ key: TokenKey) -> any SignInStarter {
        DetachedSignIn(
            arguments: signInArguments(key), environment: settings.environment,
            voice: settings.verbosity > 0 ? voice : nil)
    }

    /// Signs in, in the process that was started for it.
    package func runSignIn(_ key: TokenKey) -> RunSignIn {
        RunSignIn(
            key: key, store: tokens, credentials: credentials, signIn: signIn(key), journal: journal,
            verdicts: verdicts, processID: HostIdentity.processID, interrupts: HostInterrupts.termination,
            remarks: remembered,
            time: time, log: log)
    }

    /// Looks whether tokens are there and live.
    package func checkToken(_ key: TokenKey) -> CheckToken {
        CheckToken(key: key, store: tokens, verdicts: verdicts, time: time)
    }

    /// Asks how long the refresh token lives.
    package func checkRefreshToken(_ key: TokenKey) -> CheckRefreshToken {
        CheckRefreshToken(
            key: key, store: tokens, provider: provider(key), verdicts: verdicts, time: time)
    }

    /// Who is there for a sign-in; whoever asks for it in so many words reads standard error at the least.
    package func attendance(isPerson: Bool, _ consoleUse: ConsoleUse = .untouched) -> Attendance {
        Attendance(
            reachesPerson: isPerson || settings.hasDesktop || Terminal.isThere, isPerson: isPerson,
            consoleUse: consoleUse)
    }

    /// Whether this process has a terminal: then somebody sits there.
    package var isAtTerminal: Bool { Terminal.isThere }

    /// Whether this process is one of many that started each other.
    package var recursion: Recursion? { Recursion(ancestors: Ancestry.commands) }

    /// Becomes another program.
    package var program: any ProgramReplacement { HostProgram() }

    /// Ends the log; `hasFailed` makes the run worth keeping.
    package func finish(hasFailed: Bool) {
        voice.end()
        let problem = logFile.finish(hasFailed: hasFailed)
        if let problem, settings.logFile != nil || settings.verbosity > 0 { notices.warn(problem) }
    }

    /// The region of the profile that this process was started for, where the environment names none.
    private var profileRegion: String? {
        let variable = { self.settings.environment[$0].flatMap { $0.isEmpty ? nil : $0 } }
        guard variable("AWS_REGION") == nil, variable("AWS_DEFAULT_REGION") == nil else { return nil }
        return SharedConfigFile.value(of: "region", inProfile: ProfileSetting.profile(variable), path: configPath)
    }

    var tokens: any TokenStore {
        stores.store
    }

    /// Looks after the shared store for the process at the other end of that socket, until that one ends.
    package func serveSharedStore(_ descriptor: Int32, abandon: @escaping @Sendable () -> Void) async {
        await stores.serveShared(descriptor, abandon: abandon)
    }

    private var stores: TokenStores {
        TokenStores(
            settings: settings, home: home, hostName: hostName, hostFiles: hostFiles, time: time,
            cryptography: cryptography, notices: notices, log: log)
    }

    var credentials: any CredentialsStore {
        let files = FileCredentialsStore(
            files: hostFiles, time: time, notices: LesserNotices(notices: notices, unstored: unstored))
        return settings.keepsCredentials ? files : NoCredentialsStore(beside: files)
    }

    /// What is cached in these folders, secrets left out.
    func credentialHeaders(in folders: [String]) -> [CredentialsHeader] {
        FileCredentialsStore(files: Self.files(in: folders, settings, notices), time: time, notices: notices).list()
    }

    private static func files(in folders: [String], _ settings: ClientSettings, _ notices: any Notices) -> HostFiles {
        HostFiles(
            candidates: folders, ownFolder: userFolder(settings), ownFolderIsTold: settings.keepsTokensNodeLocal,
            notices: notices)
    }

    /// This user's part of the node-local folder.
    private static func userFolder(_ settings: ClientSettings) -> String? {
        settings.nodeLocalFolder.map { HostLocalFolder.user($0, userID: HostIdentity.userID) }
    }

    var verdicts: any VerdictBoard { FileVerdictBoard(files: hostFiles, time: time) }

    var journal: any SignInJournal { FileSignInJournal(files: hostFiles) }

    func provider(_ key: TokenKey) -> OpenIDProvider {
        OpenIDProvider(
            issuer: key.issuer, clientID: key.clientID, http: http, time: time, random: cryptography,
            documents: FileProviderDocumentCache(files: hostFiles), digester: cryptography, verifier: cryptography)
    }

    private func signIn(_ key: TokenKey) -> any SignInFlow {
        if settings.usesDeviceGrant {
            return DeviceSignIn(
                key: key, provider: provider(key), verifier: provider(key), time: time, log: log,
                timeout: settings.loginTimeout)
        }
        return SignIn(
            key: key, provider: provider(key), verifier: provider(key),
            listener: settings.callbackPort.map { LoopbackListener(ports: $0...$0) } ?? LoopbackListener(),
            browser: SystemBrowser(
                environment: settings.environment, platform: .detected(environment: settings.environment)),
            random: cryptography, digester: cryptography, time: time, log: log, timeout: settings.loginTimeout)
    }

    private func signInArguments(_ key: TokenKey) -> [String] {
        var arguments = [
            "sign-in", "--issuer-url=\(key.issuer.text)", "--client-id=\(key.clientID.text)",
            "--login-timeout=\(GoDuration.text(seconds: Int64(settings.loginTimeout)))",
        ]
        arguments += settings.nodeLocalWords
        if let cache = settings.cacheFlag { arguments.append("--cache=\(cache)") }
        if let port = settings.callbackPort { arguments.append("--callback-port=\(port)") }
        if settings.usesDeviceGrant { arguments.append("--device-code-flow") }
        if let logFile = settings.logFile { arguments.append("--log-file=\(logFile)") }
        return arguments + settings.verbosityWords
    }
}
