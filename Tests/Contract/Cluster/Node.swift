import Application
import Curl
import Desktop
import Domain
import Files
import Host
import NetworkFiles
import OIDC
import OpenSSL
import Ports

/// A process that needs a live token every second, and gets it as `creds-process` does.
struct Node {
    private let key: TokenKey
    private let obtain: ObtainTokens
    private let diary: Diary
    private let time = HostClock()
    private let end: Double
    private let pause: Double

    /// The times of the cluster: everything that takes long in the product takes a moment here.
    private static let times = ProductionTimes(beat: 1, right: 8, silence: 15, request: 4)

    struct Missing: Error {}

    init(_ settings: [String: String]) throws {
        func setting(_ name: String) throws -> String {
            guard let value = settings[name] else { throw Missing() }
            return value
        }
        guard let end = Double(try setting("until")) else { throw Missing() }
        let (time, host, cryptography) = (HostClock(), HostIdentity.name, OpenSSLCryptography())
        let key = TokenKey(issuer: try Issuer(try setting("issuer")), clientID: try ClientID(try setting("client")))
        let diary = Diary(path: try setting("diary"), host: host)
        let files = HostFiles(candidates: [try setting("local")], notices: diary)
        let store = WatchedStore(
            store: NetworkTokenStore(
                folder: PosixSharedFolder(path: try setting("shared")),
                notes: FileHostNotes(files: files, hostName: host, time: time), census: HostCensus(hostName: host),
                times: Self.times, limits: ProductionLimits(refresh: 60, signIn: 60), coding: GoTokenCoding(),
                digester: cryptography, random: cryptography, time: time, notices: diary),
            diary: diary)
        let provider = OpenIDProvider(
            issuer: key.issuer, clientID: key.clientID,
            http: CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "aws-oidc/cluster")), time: time,
            random: cryptography, documents: FileProviderDocumentCache(files: files), digester: cryptography,
            verifier: cryptography)
        let signIn = SignIn(
            key: key, provider: provider, verifier: provider, listener: LoopbackListener(), browser: PromptPerson(),
            random: cryptography, digester: cryptography, time: time, log: diary, timeout: 30)
        let (journal, verdicts) = (FileSignInJournal(files: files), FileVerdictBoard(files: files, time: time))
        let starter = SignInHere(processID: HostIdentity.processID, diary: diary)
        starter.use(
            RunSignIn(
                key: key, store: store, credentials: NoCredentialsStore(), signIn: signIn, journal: journal,
                verdicts: verdicts, processID: HostIdentity.processID, interrupts: NoInterrupts(), remarks: diary,
                time: time, log: diary))
        self.key = key
        self.diary = diary
        self.end = end
        pause = settings["pause"].flatMap { Double($0) } ?? 1
        obtain = ObtainTokens(
            key: key, store: store,
            renewal: TokenRenewal(
                key: key, provider: provider, verifier: provider, verdicts: verdicts, journal: journal,
                starter: starter, hostLock: FileHostLock(files: files, time: time), signIn: signIn, time: time,
                interrupts: NoInterrupts(), seat: Seat(), notices: diary, log: diary),
            awaitSignIn: AwaitSignIn(
                key: key, store: store, journal: journal, starter: starter, interrupts: NoInterrupts(), time: time,
                notices: diary, console: NoConsole(), seat: Seat(),
                http: CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "aws-oidc/cluster"))),
            time: time, notices: diary, log: diary)
    }

    /// Obtains tokens until the end, and writes down now and then how many it got.
    func run() async {
        var (served, longest, lastSaid) = (0, 0.0, time.uptime())
        diary.write("begins")
        while time.uptime() < end {
            let began = time.uptime()
            do {
                let tokens = try await obtain(.idToken, .attended(Attendance(reachesPerson: true, isPerson: true)))
                if tokens.accessTokenExpiry <= time.now() { diary.write("over \(time.uptime() - began)") }
                served += 1
            } catch {
                diary.write("error after \(time.uptime() - began) s: \(error)")
            }
            longest = max(longest, time.uptime() - began)
            if time.uptime() - lastSaid > 4 {
                diary.write("served \(served) \(longest)")
                (served, longest, lastSaid) = (0, 0, time.uptime())
            }
            await time.sleep(seconds: pause * Double.random(in: 0.5...1.5))
        }
        diary.write("served \(served) \(longest)")
        diary.write("ends")
    }
}
