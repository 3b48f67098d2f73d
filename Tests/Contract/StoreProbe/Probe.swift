import Domain
import Files
import Host
import NetworkFiles
import OpenSSL
import Ports
import SQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One call on a token store, made by a process of its own, so that tests can start sixty of them, stop them and kill them.
struct Probe {
    let arguments: Arguments

    /// Makes the call and gives the line that tells what came of it.
    func run() async -> String {
        do {
            let key = try MadeUp.key(client: arguments["client"] ?? MadeUp.client)
            switch arguments.command {
            case "read": return try Self.line(store().read(key))
            case "remove":
                try store().remove(key)
                return "removed"
            case "produce": return try await produce(key)
            case "churn": return try await churn(key)
            default: return "error no such command: \(arguments.command)"
            }
        } catch {
            return "error \(error)"
        }
    }

    private func produce(_ key: TokenKey) async throws -> String {
        let clock = HostClock()
        let isForced = arguments.has("force")
        let produced = try await store().produce(
            key, ProductionPurpose(rawValue: arguments["purpose"] ?? "refresh") ?? .refresh, waitingUntil: nil,
            isEnough: { !isForced && $0.accessTokenExpiry > clock.now() + 10 }, isRight: { _ in true }, body: body)
        let reason = produced.unstored.map { " unstored: \($0)" } ?? ""
        return "\(produced.tokens.accessToken.revealed) \(produced.tokens.refreshToken?.revealed ?? "-")\(reason)"
    }

    private func body(_ production: any TokenProduction) async throws(ProductionStop) -> TokenSet {
        do {
            if arguments.has("reserve") { try production.reserve() }
            try note()
            let end = HostClock().now().seconds + 3600
            let name = arguments["token"] ?? "\(getpid())"
            if arguments.has("hold-before") { Console.holdInBody() }
            if let rotated = arguments["checkpoint"] {
                try production.checkpoint(MadeUp.tokens("old", refresh: rotated, expiry: 1))
            }
            if arguments.has("hold") { Console.holdInBody() }
            if arguments.has("fail") { throw ProductionStop(Failed()) }
            return MadeUp.tokens(name, expiry: end)
        } catch let stop as ProductionStop {
            throw stop
        } catch {
            throw ProductionStop(error)
        }
    }

    /// Writes down that a body ran: here something of the person's would have been spent.
    private func note() throws {
        guard let path = arguments["log"] else { return }
        guard let file = fopen(path, "ae") else { throw Failed() }
        defer { fclose(file) }
        fputs("\(getpid())\n", file)
    }

    func store() -> any TokenStore {
        let folder = arguments["folder"] ?? ""
        let notices = Console()
        if let database = arguments["database"] {
            return SQLiteTokenStore(
                folder: FileStoreFolder(path: folder, hostName: "host", time: HostClock()), name: database,
                limits: limits, coding: GoTokenCoding(), digester: OpenSSLCryptography(), time: HostClock(),
                notices: notices)
        }
        if let network = arguments["network"] { return shared(network, notices) }
        guard let shared = arguments["shared"] else { return files(folder, suffix: "", notices) }
        return NodeLocalTokenStore(
            local: files(folder, suffix: "-host", notices), shared: files(shared, suffix: "", notices), notices: notices
        )
    }

    private func files(_ folder: String, suffix: String, _ notices: any Notices) -> FileTokenStore {
        FileTokenStore(
            FileTokenStore.Settings(folder: folder, nameSuffix: suffix, hostName: "host", limits: limits),
            digester: OpenSSLCryptography(), time: HostClock(), notices: notices)
    }

    /// The store that hosts share; all its times are `scale` times as long as in the product.
    private func shared(_ folder: String, _ notices: any Notices) -> NetworkTokenStore {
        let host = arguments["host"] ?? "host"
        let files = HostFiles(candidates: [arguments["host-folder"] ?? ""], notices: notices)
        return NetworkTokenStore(
            folder: PosixSharedFolder(path: folder),
            notes: FileHostNotes(files: files, hostName: host, time: HostClock()), census: HostCensus(hostName: host),
            times: ProductionTimes.standard.scaled(by: arguments.seconds("scale") ?? 1), limits: limits,
            coding: GoTokenCoding(), digester: OpenSSLCryptography(), random: OpenSSLCryptography(),
            time: HostClock(), notices: notices)
    }

    private var limits: ProductionLimits {
        let limit = arguments.seconds("limit") ?? 60
        return ProductionLimits(refresh: limit, signIn: arguments.seconds("sign-in-limit") ?? limit)
    }

    private static func line(_ stored: StoredTokens?) -> String {
        guard let stored else { return "none" }
        let refused = stored.isRefreshTokenRefused ? " refused" : ""
        return "\(stored.tokens.accessToken.revealed) \(stored.tokens.refreshToken?.revealed ?? "-")\(refused)"
    }
}

private struct Failed: Error, CustomStringConvertible {
    var description: String { "the body failed" }
}

/// Standard output and input: lines for the test, and its word to go on.
struct Console: Notices {
    func tell(_ line: String) { Self.write("tell \(line)", to: STDERR_FILENO) }
    func warn(_ line: String) { Self.write("warn \(line)", to: STDERR_FILENO) }

    static func say(_ line: String) { write(line, to: STDOUT_FILENO) }

    /// Says that the body runs, and waits for a byte, or the end, of standard input.
    static func holdInBody() {
        say("in body")
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) < 0, errno == EINTR {}
    }

    private static func write(_ line: String, to descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
