import Desktop
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
    /// What the call is made on.
    let thread: OwnThread

    /// Makes the call and gives the line that tells what came of it.
    func run() async -> String {
        if let count = arguments["pad"].flatMap({ Int($0) }) { Self.pad(count) }
        do {
            let key = try MadeUp.key(client: arguments["client"] ?? MadeUp.client)
            switch arguments.command {
            case "read": return try Self.line(store().read(key))
            case "remove":
                try store().remove(key)
                return "removed"
            case "produce": return try await produce(key)
            case "time-reads": return try timeReads(key)
            case "churn": return try await churn(key)
            case "serve":
                await serve()
                return "served"
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
        let moment = arguments.has("clock") ? " at \(clock.uptime())" : ""
        return
            "\(produced.tokens.accessToken.revealed) \(produced.tokens.refreshToken?.revealed ?? "-")\(reason)\(moment)"
    }

    private func body(_ production: any TokenProduction) async throws(ProductionStop) -> TokenSet {
        do {
            if arguments.has("reserve") { try production.reserve() }
            if arguments.has("spend") { try await spend(production) }
            try note()
            let end = HostClock().now().seconds + 3600
            let name = arguments["token"] ?? "\(getpid())"
            if arguments.has("hold-before") { Console.holdInBody() }
            if let rotated = arguments["checkpoint"] { try checkpoint(rotated, production) }
            if arguments.has("hold") { Console.holdInBody() }
            if arguments.has("fail") { throw ProductionStop(Failed()) }
            // A provider's one answer has one refresh token, stored before the rest of it is looked at.
            return MadeUp.tokens(
                name, refresh: arguments.has("one-answer") ? arguments["checkpoint"] : nil, expiry: end)
        } catch let stop as ProductionStop {
            throw stop
        } catch {
            throw ProductionStop(error)
        }
    }

    /// Asks to send the newest record's refresh token, as a refresh does; a sign-in follows where another has sent it.
    private func spend(_ production: any TokenProduction) async throws {
        guard let newest = try production.newest(), let token = newest.tokens.refreshToken else { return }
        switch try await production.spend(token) {
        case .allowed: Console.say("spends \(token.revealed)")
        case .spent: Console.say("spent already \(token.revealed)")
        }
    }

    /// Stores a rotated refresh token; like a refresh, it goes on where that fails, if `goes-on` is said.
    private func checkpoint(_ rotated: String, _ production: any TokenProduction) throws {
        do {
            try production.checkpoint(MadeUp.tokens("old", refresh: rotated, expiry: 1))
            if arguments.has("tells") { Console.say("checkpoint stored") }
        } catch {
            guard arguments.has("goes-on") else { throw error }
            Console.say("checkpoint not stored: \(error)")
        }
    }

    /// Writes down that a body ran: here something of the person's would have been spent.
    private func note() throws {
        guard let path = arguments["log"] else { return }
        guard let file = fopen(path, "ae") else { throw Failed() }
        defer { fclose(file) }
        fputs("\(getpid())\n", file)
    }

    /// Makes each call that a store makes so many times to no effect, before the first on a store: who counts this
    /// thread's calls, to let one of them fail, then never meets those of other threads and processes.
    private static func pad(_ count: Int) {
        var byte: UInt8 = 0
        var status = stat()
        guard let folder = opendir("/") else { return }
        defer { closedir(folder) }
        for _ in 0..<count {
            close(-1)
            _ = open("", O_RDONLY)
            // Far more often: the thread that minds the timers reads whenever one is over.
            for _ in 0..<5 { read(-1, &byte, 1) }
            pread(-1, &byte, 1, 0)
            write(-1, &byte, 1)
            pwrite(-1, &byte, 1, 0)
            ftruncate(-1, 0)
            _ = posix_fallocate(-1, 0, 1)
            fsync(-1)
            fstat(-1, &status)
            lstat("", &status)
            _ = fcntl(-1, F_GETFD)
            flock(-1, LOCK_UN)
            rewinddir(folder)
            readdir(folder)
            rename("", "")
            link("", "")
            unlink("")
            mkdir("", 0)
            chmod("", 0)
            fchmod(-1, 0)
        }
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
        if let network = arguments["network"] { return shared(network, HostClock(), notices) }
        guard let shared = arguments["shared"] ?? arguments["shared-network"] else {
            return files(folder, suffix: "", HostClock(), notices)
        }
        let kind = arguments.has("shared") ? "folder" : "network"
        let words =
            ["serve", "\(kind)=\(shared)"]
            + ["limit", "host", "host-folder", "scale"].compactMap { name in arguments[name].map { "\(name)=\($0)" } }
        let own = [("pid", "servant"), ("pad", "servant-pad")].compactMap { name, word in
            arguments[word].map { "\(name)=\($0)" }
        }
        let waits = SharedWaits(notices)
        return NodeLocalTokenStore(
            local: files(folder, suffix: "-host", HostClock(), notices),
            shared: RemoteTokenStore(place: shared, time: HostClock(), notices: waits) {
                () throws(TokenStoreError) in
                do {
                    return try ProcessStarter().startConnected(
                        executable: HostIdentity.executable ?? "", arguments: words + own,
                        environment: [:])
                } catch {
                    throw .notReadable(path: shared, reason: "\(error)")
                }
            }, time: HostClock(), notices: notices, waits: waits)
    }

    /// Looks after the folder for the probe at the other end of standard input.
    private func serve() async {
        if let path = arguments["pid"], let file = fopen(path, "ae") {
            fputs("\(getpid())\n", file)
            fclose(file)
        }
        await TokenStoreServant(time: HostClock(), executor: thread) { time, notices in
            if let network = arguments["network"] { return shared(network, time, notices) }
            return files(arguments["folder"] ?? "", suffix: "", time, notices)
        }.serve(STDIN_FILENO, abandon: { _exit(1) })
    }

    private func files(
        _ folder: String, suffix: String, _ time: any TimeSource, _ notices: any Notices
    ) -> FileTokenStore {
        FileTokenStore(
            FileTokenStore.Settings(folder: folder, nameSuffix: suffix, hostName: "host", limits: limits),
            digester: OpenSSLCryptography(), time: time, notices: notices)
    }

    /// The store that hosts share; all its times are `scale` times as long as in the product.
    private func shared(_ folder: String, _ time: any TimeSource, _ notices: any Notices) -> any TokenStore {
        let host = arguments["host"] ?? "host"
        let files = HostFiles(candidates: [arguments["host-folder"] ?? ""], notices: notices)
        return NetworkTokenStore(
            folder: PosixSharedFolder(path: folder),
            notes: FileHostNotes(files: files, hostName: host, time: time), census: HostCensus(hostName: host),
            times: ProductionTimes.standard.scaled(by: arguments.seconds("scale") ?? 1), limits: limits,
            coding: GoTokenCoding(), digester: OpenSSLCryptography(), random: OpenSSLCryptography(), time: time,
            notices: notices)
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
