package import Domain
import Locking
package import Ports

extension ConfigMapStore: RoleMapFeed {
    /// Seconds that one watch lasts; the server may end it sooner.
    private static let watchSeconds = 240
    /// A watch that is over within so many seconds was none.
    private static let shortSeconds: Double = 1
    /// Seconds between two looks, where the service account may not watch.
    private static let pollSeconds: Double = 30

    package func follow(_ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void) async {
        // How many times in a row something went wrong, or ended as soon as it had begun.
        var troubles = 0
        var saysPolling = true
        while !Task.isCancelled {
            switch await listAndWatch(&troubles, take) {
            case .over: break
            case .mayNotWatch(let wasRead):
                if saysPolling {
                    log.write(
                        .warning, "the role map is looked at every \(Int(Self.pollSeconds)) s instead of watched",
                        ["reason": "the service account may not list and watch configmaps"])
                }
                saysPolling = false
                if !wasRead { await take(await outcome()) }
                await time.sleep(seconds: Self.pollSeconds)
            case .failed(let error):
                guard !Task.isCancelled else { return }
                await take(.failure(error))
                troubles += 1
                await pause(troubles)
            }
        }
    }

    private func pause(_ troubles: Int) async {
        let fraction = Backoff.fraction(of: random.randomBytes(8))
        let delay = Backoff(base: 1, cap: 30).delay(beforeTry: troubles + 1, fraction: fraction)
        await time.sleep(seconds: max(0.2, delay))
    }

    private enum Ending {
        /// The server forgot the version: begin anew.
        case over
        case mayNotWatch(wasRead: Bool)
        case failed(RoleMapStoreError)
    }

    private func listAndWatch(
        _ troubles: inout Int, _ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void
    ) async -> Ending {
        do throws(RoleMapStoreError) {
            let answer = try await api.list()
            guard answer.status != 403 else { return .mayNotWatch(wasRead: false) }
            guard answer.status == 200 else { throw api.refusal(answer) }
            guard let list = JSONTree(answer.body), var version = list["metadata"]?["resourceVersion"]?.text else {
                throw api.unreachable("its answer is no list of configmaps")
            }
            if let object = list["items"]?.list?.first {
                await take(read(object))
            } else {
                await take(.success(nil))
            }
            while !Task.isCancelled {
                let began = time.uptime()
                let ending = await ending(ofWatchFrom: version, take)
                guard !Task.isCancelled else { return .over }
                let isShort = time.uptime() - began < Self.shortSeconds
                // However it ends: one that went on for a while was well until then.
                if !isShort { troubles = 0 }
                let next = try ending.get()
                if case .forbidden = next { return .mayNotWatch(wasRead: true) }
                if isShort {
                    troubles += 1
                    await pause(troubles)
                }
                guard case .goesOn(from: let latest) = next else { return .over }
                version = latest
            }
            return .over
        } catch {
            return .failed(error)
        }
    }

    private func ending(
        ofWatchFrom version: String, _ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void
    ) async -> Result<WatchEnding, RoleMapStoreError> {
        do throws(RoleMapStoreError) {
            return .success(try await watch(from: version, take))
        } catch {
            return .failure(error)
        }
    }

    private enum WatchEnding {
        /// The server ended it: the next one goes on from this version.
        case goesOn(from: String)
        /// The server does not know the version any more.
        case forgotten
        case forbidden
    }

    /// Takes what the server tells until it ends the watch.
    private func watch(
        from version: String, _ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void
    ) async throws(RoleMapStoreError) -> WatchEnding {
        let (lines, source) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .unbounded)
        let splitter = Guarded(LineSplitter(limit: KubernetesAPI.bodyLimit))
        let api = api
        let exchange = Task {
            defer { source.finish() }
            do throws(RoleMapStoreError) {
                let answer = try await api.watch(from: version, seconds: Self.watchSeconds) { status, piece in
                    guard status == 200 else { return true }
                    return splitter.with { $0.take(piece) { source.yield($0) } }
                }
                return Result<HTTPResponse, RoleMapStoreError>.success(answer)
            } catch {
                return .failure(error)
            }
        }
        let progress = await withTaskCancellationHandler {
            await events(lines, from: version, take)
        } onCancel: {
            exchange.cancel()
        }
        if progress.error != nil { exchange.cancel() }
        let outcome = await exchange.value
        if let error = progress.error {
            // 410 Gone, as an event: the version is too old to go on from.
            guard error["code"]?.integer != 410 else { return .forgotten }
            throw api.ended(by: error)
        }
        let answer: HTTPResponse
        do throws(RoleMapStoreError) {
            answer = try outcome.get()
        } catch {
            // A watch that breaks off after a while is the ordinary fate of a long connection.
            guard progress.hasEvents else { throw error }
            return .goesOn(from: progress.version)
        }
        switch answer.status {
        case 200: return .goesOn(from: progress.version)
        case 403: return .forbidden
        case 410: return .forgotten
        default: throw api.refusal(answer)
        }
    }

    private struct Progress {
        var version: String
        var hasEvents = false
        /// What the server says of an error, as a Status of Kubernetes.
        var error: JSONTree?
    }

    private func events(
        _ lines: AsyncStream<[UInt8]>, from version: String,
        _ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void
    ) async -> Progress {
        var progress = Progress(version: version)
        for await line in lines {
            guard let event = JSONTree(line), let type = event["type"]?.text, let object = event["object"] else {
                continue
            }
            guard type != "ERROR" else {
                progress.error = object
                break
            }
            progress.hasEvents = true
            if let next = object["metadata"]?["resourceVersion"]?.text { progress.version = next }
            switch type {
            case "ADDED", "MODIFIED": await take(read(object))
            case "DELETED": await take(.success(nil))
            default: break
            }
        }
        return progress
    }

    private func read(_ object: JSONTree) -> Result<RoleMap?, RoleMapStoreError> {
        do throws(RoleMapStoreError) {
            return .success(try map(of: object))
        } catch {
            return .failure(error)
        }
    }

    private func outcome() async -> Result<RoleMap?, RoleMapStoreError> {
        do throws(RoleMapStoreError) {
            return .success(try await load())
        } catch {
            return .failure(error)
        }
    }
}

/// Puts the pieces of an answer together into lines.
struct LineSplitter {
    private var rest: [UInt8] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Hands over each line that a piece completes; false where one grows beyond the limit.
    mutating func take(_ piece: [UInt8], _ give: ([UInt8]) -> Void) -> Bool {
        var pieces = piece.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let last = pieces.popLast() ?? []
        for line in pieces {
            rest += line
            if !rest.isEmpty { give(rest) }
            rest = []
        }
        rest += last
        return rest.count <= limit
    }
}
