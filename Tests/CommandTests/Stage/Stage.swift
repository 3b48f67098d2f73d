import Foundation
import StandIns
import Testing

/// What a test plays on: an identity provider, STS, and a home of its own; the program in it is the one that was built.
struct Stage: Sendable {
    let provider: StandInIdentityProvider
    let sts: StandInSTS
    /// A folder that is there for this test only.
    let folder: String
    /// What a process of this home finds in its environment, and nothing else.
    let environment: [String: String]

    /// The folder of the executables: that of the test bundle.
    static let programs = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    static let role = "arn:aws:iam::123456789012:role/reader"
    static let clientID = "stand-in-client"

    var home: String { folder + "/home" }
    var runtime: String { folder + "/run" }
    /// `--issuer-url` and `--client-id`.
    var provided: [String] { ["--issuer-url=\(provider.issuer)", "--client-id=\(Self.clientID)"] }
    /// The arguments of the plain `creds-process`.
    var credsProcess: [String] { ["creds-process"] + provided + ["--aws-role-arn=\(Self.role)"] }

    /// Starts `aws-oidc`.
    ///
    /// - Parameter wrapper: words of another program that runs it.
    func start(
        _ arguments: [String], with changes: [String: String?] = [:], wrapper: [String] = [],
        program: String = Stage.programs + "/aws-oidc", input: ChildStream = .ordinary,
        output: ChildStream = .ordinary, errors: ChildStream = .ordinary
    ) throws -> Child {
        try Child(
            wrapper + [program] + arguments,
            environment: environment.merging(changes.compactMapValues { $0 }) { $1 }
                .filter { changes[$0.key] != .some(nil) },
            folder: folder, name: "run-\(UUID().uuidString)", input: input, output: output, errors: errors)
    }

    /// Runs `aws-oidc` to its end.
    func run(
        _ arguments: [String], with changes: [String: String?] = [:], wrapper: [String] = [],
        program: String = Stage.programs + "/aws-oidc", input: ChildStream = .ordinary,
        output: ChildStream = .ordinary, errors: ChildStream = .ordinary
    ) async throws -> Child.Ended {
        try await start(
            arguments, with: changes, wrapper: wrapper, program: program, input: input, output: output, errors: errors
        ).ended()
    }

    /// Signs in, which a test takes for granted, and forgets the requests of it.
    func signIn(location: SourceLocation = #_sourceLocation) async throws {
        let ended = try await run(["login"] + provided)
        try #require(ended.code == 0, "\(ended.errors)", sourceLocation: location)
        forget()
    }

    /// Forgets every request so far.
    func forget() {
        provider.resetLog()
        sts.resetLog()
    }

    /// Every request since, in the order of each stand-in: the provider's first.
    var requests: [RequestLog.Endpoint] { (provider.log.entries + sts.log.entries).map(\.endpoint) }

    /// How often a browser was opened.
    var visits: Int { text("visits").split(separator: "\n").count }

    /// Removes the cached AWS credentials, as if they had never been got.
    func dropCredentials() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: runtime + "/aws-oidc")
        where name.hasPrefix("credentials-") {
            try FileManager.default.removeItem(atPath: runtime + "/aws-oidc/" + name)
        }
    }

    /// The path of the cached AWS credentials.
    func credentialsFile() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: runtime + "/aws-oidc")
        return runtime + "/aws-oidc/"
            + (try #require(names.first { $0.hasPrefix("credentials-") && !$0.hasSuffix(".lock") }))
    }

    /// The path of the cached tokens.
    func tokenFile() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: home + "/.cache/oidc-cli")
        return home + "/.cache/oidc-cli/" + (try #require(names.first { $0.utf8.count == 64 }))
    }

    /// The text of a file in the folder; empty where there is none.
    func text(_ name: String) -> String {
        FileManager.default.contents(atPath: folder + "/" + name).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The sign-ins' own processes that are alive.
    var signInProcesses: [pid_t] { processes { $0.contains("sign-in") } }

    /// The processes of this home whose command line fits.
    func processes(_ fits: ([String]) -> Bool) -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { pid in
            func words(_ name: String) -> [String] {
                (FileManager.default.contents(atPath: "/proc/\(pid)/\(name)") ?? Data())
                    .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            }
            return words("environ").contains { $0.hasPrefix("STAND_IN_BROWSER_LOG=\(folder)/") }
                && fits(words("cmdline"))
        }
    }
}

/// Plays a test on a stage, at most a few at a time, and clears it away.
func onStage(
    _ provider: StandInIdentityProvider.Settings = .init(), sts: StandInSTS.Settings = .init(), alone: Bool = false,
    isolation: isolated (any Actor)? = #isolation, _ play: (Stage) async throws -> Void
) async throws {
    let places = alone ? Turnstile.width : 1
    await Turnstile.shared.enter(places)
    let result: Result<Void, any Error>
    do {
        let stage = try await Stage.set(provider, sts)
        do {
            result = .success(try await play(stage))
        } catch {
            result = .failure(error)
        }
        await stage.clear()
    } catch {
        result = .failure(error)
    }
    await Turnstile.shared.leave(places)
    try result.get()
}

extension Stage {
    fileprivate static func set(
        _ provider: StandInIdentityProvider.Settings, _ sts: StandInSTS.Settings
    ) async throws -> Stage {
        let folder = FileManager.default.temporaryDirectory.path + "/aws-oidc-command-\(UUID().uuidString)"
        for name in ["", "/home", "/run"] {
            try FileManager.default.createDirectory(
                atPath: folder + name, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        }
        let provider = try await StandInIdentityProvider.start(provider)
        let sts = try await StandInSTS.start(sts, trusting: provider)
        return Stage(
            provider: provider, sts: sts, folder: folder,
            environment: [
                "HOME": folder + "/home", "XDG_RUNTIME_DIR": folder + "/run", "PATH": "/usr/bin:/bin",
                "AWS_ENDPOINT_URL_STS": sts.endpoint, "BROWSER": "'\(programs)/aws-oidc-stand-ins' browser",
                "STAND_IN_BROWSER_LOG": folder + "/visits",
            ])
    }

    fileprivate func clear() async {
        for pid in processes({ _ in true }) { kill(pid, SIGKILL) }
        await provider.stop()
        await sts.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Waits until something holds; an error says what never did.
func wait(for what: String, until holds: () throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try !holds() {
        guard ContinuousClock.now < end else { throw NeverHappened(what: what) }
        try await Task.sleep(for: .milliseconds(2))
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    let what: String

    var description: String { "this never happened: \(what)" }
}

extension Stage {
    /// Signs in so that the tokens are over at once, and a refresh is what the next call needs.
    func signInExpired(location: SourceLocation = #_sourceLocation) async throws {
        provider.change { $0.tokenLife = 0 }
        try await signIn(location: location)
        provider.change { $0.tokenLife = 3600 }
    }

    /// The requests that went to the provider's token endpoint, by grant.
    var grants: [String?] { provider.log.entries.filter { $0.endpoint == .token }.map(\.grantType) }
}
