package import Domain
import Locking
package import Ports

extension ConfigMapStore: RoleMapFeed {
    /// Seconds that one watch lasts; the server may end it sooner.
    private static let watchSeconds = 240
    /// Seconds between two looks, where the service account may not watch.
    private static let pollSeconds: Double = 30

    package func follow(_ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void) async {
        let backoff = Backoff(base: 1, cap: 30)
        var failures = 0
        var saysPolling = true
        while !Task.isCancelled {
            switch await listAndWatch(take) {
            case .over: failures = 0
            case .mayNotWatch:
                if saysPolling {
                    log.write(
                        .warning, "the role map is looked at every \(Int(Self.pollSeconds)) s instead of watched",
                        ["reason": "the service account may not list and watch configmaps"])
                }
                saysPolling = false
                await take(await outcome())
                await time.sleep(seconds: Self.pollSeconds)
            case .failed(let error):
                await take(.failure(error))
                failures += 1
                let fraction = Backoff.fraction(of: random.randomBytes(8))
                await time.sleep(seconds: max(0.2, backoff.delay(beforeTry: failures + 1, fraction: fraction)))
            }
        }
    }

    private enum Ending {
        /// The server ended the watch, or forgot the version: begin anew.
        case over
        case mayNotWatch
        case failed(RoleMapStoreError)
    }

    private func listAndWatch(_ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void) async -> Ending {
        do throws(RoleMapStoreError) {
            let answer = try await api.list()
            guard answer.status != 403 else { return .mayNotWatch }
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
                guard let next = try await watch(from: version, take) else { return .over }
                version = next
            }
            return .over
        } catch {
            return .failed(error)
        }
    }

    /// Takes what the server tells until it ends the watch, and gives the version to go on from; nil where one must begin anew.
    private func watch(
        from version: String, _ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void
    ) async throws(RoleMapStoreError) -> String? {
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
        if progress.isForgotten { exchange.cancel() }
        let outcome = await exchange.value
        guard !progress.isForgotten, !Task.isCancelled else { return nil }
        let answer: HTTPResponse
        do throws(RoleMapStoreError) {
            answer = try outcome.get()
        } catch {
            // A watch that breaks off after a while is the ordinary fate of a long connection.
            guard progress.hasEvents else { throw error }
            return progress.version
        }
        guard answer.status != 410 else { return nil }
        guard answer.status == 200 else { throw api.refusal(answer) }
        return progress.version
    }

    private struct Progress {
        var version: String
        var hasEvents = false
        var isForgotten = false
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
                // 410 Gone, as an event: the version is too old to go on from.
                progress.isForgotten = true
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
