import Dispatch
import StandIns

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `serve`: all servers, until a signal.
struct ServeCommand {
    private var provider = StandInIdentityProvider.Settings()
    private var service = StandInSTS.Settings()
    private var config = StandInConfigService.Settings()
    private var endsWithStdin = false

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            func value() throws -> String {
                guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                    throw UsageError("\(parts[0]) wants a value")
                }
                return value
            }
            switch parts[0] {
            case "--idp-port": provider.port = try Self.port(value())
            case "--sts-port": service.port = try Self.port(value())
            case "--config-port": config.port = try Self.port(value())
            case "--set": try set(value())
            case "--until-stdin-closes" where parts.count == 1: endsWithStdin = true
            default: throw UsageError("serve does not know \(argument)")
            }
        }
    }

    /// Returns after a signal, with every socket closed.
    func run() throws {
        // Blocked before any thread is there, so that none of them takes the signal from sigwait below.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let (provider, service, config) = try waiting { [provider, service, config] in
            let provider = try await StandInIdentityProvider.start(provider)
            return (
                provider, try await StandInSTS.start(service, trusting: provider),
                try await StandInConfigService.start(config)
            )
        }
        printLine(
            """
            ISSUER=\(provider.issuer)
            CLIENT_ID=\(provider.settings.clientID)
            AWS_ENDPOINT_URL_STS=\(service.endpoint)
            ROLE_ARN=\(service.settings.roles?.first ?? "arn:aws:iam::123456789012:role/stand-in")
            IDP_CONTROL=\(provider.controlAddress)
            STS_CONTROL=\(service.controlAddress)
            CONFIG_URL=\(config.endpoint)
            CONFIG_CONTROL=\(config.controlAddress)
            """)
        if endsWithStdin { Self.endWithStdin() }
        var signal: Int32 = 0
        sigwait(&signals, &signal)
        try waiting {
            await provider.stop()
            await service.stop()
            await config.stop()
        }
    }

    private mutating func set(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw UsageError("--set wants NAME=VALUE") }
        let isService = parts[0].hasPrefix("sts.")
        let names = (isService ? parts[0].dropFirst(4) : parts[0][...]).split(separator: ".").map(String.init)
        let value = (try? JSONValue(json: parts[1])) ?? .string(parts[1])
        let patch = names.reversed().reduce(value) { .object([$1: $0]) }
        if isService { try service.apply(patch) } else { try provider.apply(patch) }
    }

    private static func port(_ text: String) throws -> UInt16 {
        guard let port = UInt16(text) else { throw UsageError("\(text) is no port") }
        return port
    }

    /// Sends ourselves SIGTERM when whoever holds the other end of stdin is gone.
    private static func endWithStdin() {
        DispatchQueue(label: "stdin").async {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            kill(getpid(), SIGTERM)
        }
    }

    /// Runs asynchronous work from a thread that may block, and waits for it.
    private func waiting<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let box = ResultBox<Value>()
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                box.result = .success(try await work())
            } catch {
                box.result = .failure(error)
            }
            done.signal()
        }
        done.wait()
        guard let result = box.result else { throw UsageError("nothing was started") }
        return try result.get()
    }
}

/// Carries a result out of a task.
///
/// Unchecked: the one write is before `signal`, the one read after `wait`.
private final class ResultBox<Value: Sendable>: @unchecked Sendable {
    var result: Result<Value, any Error>?
}
