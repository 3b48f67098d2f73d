import FlyingFox
import FlyingSocks

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The ConfigMaps of a Kubernetes API server, over real HTTP on this machine's loopback.
///
/// It keeps the rules that matter here: each change has a resourceVersion of its own, a replacement with an older one is
/// a conflict, a watch goes on from a version, and one that is too old is gone.
package final class StandInKubernetes: Sendable {
    /// What it does besides its work.
    package struct Manners: Sendable {
        /// Refuses watches and lists with 403.
        package var forbidsWatching = false
        /// Answers watches with this status, and goes on with all else.
        package var watchStatus: Int?
        /// Ends each watch at once with an event of an error that has this code.
        package var watchError: Int?
        /// Ends each watch as soon as it has begun, as a proxy does that knows no long answers.
        package var endsWatches = false
        /// Answers everything with this status.
        package var outage: Int?
        /// The next watch is told that its version is too old, as an event.
        package var forgets = false

        /// As it should be.
        package init() {}
    }

    private struct State: Sendable {
        var objects: [String: JSONValue] = [:]
        var version = 100
        var manners = Manners()
        var watchers: [Int: (name: String, stream: AsyncThrowingStream<[UInt8], any Error>.Continuation)] = [:]
        var watches = 0
        var versions: [String] = []
        var requests: [String] = []
    }

    private let state = Locked(State())
    private let server: Locked<HTTPServer?> = Locked(nil)
    private let running: Locked<Task<Void, any Error>?> = Locked(nil)
    private let port: Locked<UInt16> = Locked(0)

    /// Starts one without any ConfigMap.
    package static func start() async throws -> StandInKubernetes {
        let me = StandInKubernetes()
        let server = HTTPServer(
            address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 86_400, pool: PromptSocketPool(), logger: .disabled,
            handler: ClosureHTTPHandler { request in try await me.answer(request) })
        let running = Task { try await server.run() }
        try await server.waitUntilListening(timeout: 60)
        guard case .ip4(_, let port)? = await server.listeningAddress else { throw SocketError.disconnected }
        me.port.with { $0 = port }
        me.server.with { $0 = server }
        me.running.with { $0 = running }
        return me
    }

    /// Its address.
    package var address: String { "http://127.0.0.1:\(port.with { $0 })" }

    /// How many watches were begun.
    package var watches: Int { state.with { $0.watches } }

    /// Method and path of every request, without the query.
    package var requests: [String] { state.with { $0.requests } }

    /// Changes its manners.
    package func change(_ body: (inout Manners) -> Void) {
        state.with { body(&$0.manners) }
    }

    /// The value of a key of a ConfigMap.
    package func value(_ name: String, _ key: String) -> String? {
        state.with { $0.objects[name]?["data"]?[key]?.text }
    }

    /// A member of a ConfigMap's `data` or `metadata`.
    package func object(_ name: String) -> JSONValue? { state.with { $0.objects[name] } }

    /// Writes a ConfigMap as somebody else would.
    package func put(_ name: String, _ data: [String: String], labels: [String: String] = [:]) {
        let object: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string(name), "namespace": "ns", "labels": .object(labels.mapValues { .string($0) }),
            ],
            "data": .object(data.mapValues { .string($0) }),
        ]
        state.with { Self.store(object, name, &$0) }
    }

    /// Takes a ConfigMap away.
    package func remove(_ name: String) {
        state.with { state in
            guard let object = state.objects.removeValue(forKey: name) else { return }
            state.version += 1
            Self.tell("DELETED", Self.versioned(object, state.version), name, &state)
        }
    }

    /// Ends every watch, as a server does that is restarted.
    package func endWatches() {
        let watchers = state.with { state in
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.stream.finish() }
    }

    /// Breaks every watch off in the middle of its answer, as a network does that is gone.
    package func breakWatches() {
        let watchers = state.with { state in
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.stream.finish(throwing: SocketError.disconnected) }
    }

    /// Tells every watch how far the versions have come, though nothing has become of its object.
    package func bookmark() {
        state.with { state in
            state.version += 1
            for watcher in state.watchers.values {
                let mark: JSONValue = [
                    "type": "BOOKMARK",
                    "object": [
                        "kind": "ConfigMap", "metadata": ["resourceVersion": .string(String(state.version))],
                    ],
                ]
                watcher.stream.yield(mark.json + [UInt8(ascii: "\n")])
            }
        }
    }

    /// From which version each watch was begun.
    package var watchedVersions: [String] { state.with { $0.versions } }

    /// Closes every socket.
    package func stop() async {
        endWatches()
        await server.with { $0 }?.stop(timeout: 0)
        running.with { $0 }?.cancel()
    }

    private static func store(_ object: JSONValue, _ name: String, _ state: inout State) {
        state.version += 1
        let kind = state.objects[name] == nil ? "ADDED" : "MODIFIED"
        let stored = versioned(object, state.version)
        state.objects[name] = stored
        tell(kind, stored, name, &state)
    }

    private static func versioned(_ object: JSONValue, _ version: Int) -> JSONValue {
        object.patched(with: ["metadata": ["resourceVersion": .string(String(version))]])
    }

    private static func tell(_ type: String, _ object: JSONValue, _ name: String, _ state: inout State) {
        let line = JSONValue.object(["type": .string(type), "object": object]).json + [UInt8(ascii: "\n")]
        for watcher in state.watchers.values where watcher.name == name { watcher.stream.yield(line) }
    }
}

extension StandInKubernetes {
    private static let collection = "/api/v1/namespaces/ns/configmaps"

    private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body = String(decoding: try await request.bodyData, as: UTF8.self)
        let path = request.path
        let query = FormFields(encoded: request.target.query())
        state.with { $0.requests.append("\(request.method.rawValue) \(path)") }
        if let status = state.with({ $0.manners.outage }) { return Self.status(status, "out of order, on purpose") }
        guard path.hasPrefix(Self.collection) else { return Self.status(404, "no such path") }
        let name = path.split(separator: "/").dropFirst(5).first.map(String.init)
        switch (request.method.rawValue, name) {
        case ("GET", let name?):
            return object(name).map { Self.json($0) } ?? Self.status(404, "configmaps \"\(name)\" not found")
        case ("GET", nil): return list(query)
        case ("POST", nil): return create(try JSONValue(json: body))
        case ("PUT", let name?): return replace(name, try JSONValue(json: body))
        default: return Self.status(405, "no such method")
        }
    }

    private func list(_ query: FormFields) -> HTTPResponse {
        let selector = query["fieldSelector"] ?? ""
        guard selector.hasPrefix("metadata.name=") else { return Self.status(400, "no selector") }
        let name = String(selector.dropFirst("metadata.name=".utf8.count))
        return state.with { state in
            if state.manners.forbidsWatching { return Self.status(403, "configmaps is forbidden") }
            guard query["watch"] == "true" else {
                return Self.json([
                    "kind": "ConfigMapList", "metadata": ["resourceVersion": .string(String(state.version))],
                    "items": .array([state.objects[name]].compactMap { $0 }),
                ])
            }
            let (lines, source) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
            state.watches += 1
            state.versions.append(query["resourceVersion"] ?? "")
            if let status = state.manners.watchStatus { return Self.status(status, "no watch, on purpose") }
            if state.manners.endsWatches { source.finish() }
            if let code = state.manners.forgets ? 410 : state.manners.watchError {
                state.manners.forgets = false
                let error: JSONValue = [
                    "type": "ERROR",
                    "object": ["kind": "Status", "code": .integer(Int64(code)), "message": "an error, on purpose"],
                ]
                source.yield(error.json + [UInt8(ascii: "\n")])
                source.finish()
            }
            // What happened between the version that is named and now.
            let version = query["resourceVersion"].flatMap { Int($0) } ?? 0
            if let object = state.objects[name],
                let own = object["metadata"]?["resourceVersion"]?.text.flatMap({ Int($0) }),
                own > version
            {
                source.yield(JSONValue.object(["type": "MODIFIED", "object": object]).json + [UInt8(ascii: "\n")])
            }
            state.watchers[state.watches] = (name, source)
            return HTTPResponse(
                statusCode: .ok, headers: [.contentType: "application/json"],
                body: HTTPBodySequence(from: WatchBytes(lines: lines)))
        }
    }

    private func create(_ object: JSONValue) -> HTTPResponse {
        guard let name = object["metadata"]?["name"]?.text else { return Self.status(422, "no name") }
        return state.with { state in
            guard state.objects[name] == nil else { return Self.status(409, "configmaps \"\(name)\" already exists") }
            Self.store(object, name, &state)
            return Self.json(state.objects[name] ?? .null, status: 201)
        }
    }

    private func replace(_ name: String, _ object: JSONValue) -> HTTPResponse {
        state.with { state in
            guard let present = state.objects[name] else { return Self.status(404, "configmaps \"\(name)\" not found") }
            let version = object["metadata"]?["resourceVersion"]?.text
            guard version == nil || version == present["metadata"]?["resourceVersion"]?.text else {
                return Self.status(409, "the object has been modified")
            }
            Self.store(object, name, &state)
            return Self.json(state.objects[name] ?? .null)
        }
    }

    private static func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            statusCode: HTTPStatusCode(status, phrase: "Answer"), headers: [.contentType: "application/json"],
            body: Data(value.json))
    }

    private static func status(_ code: Int, _ message: String) -> HTTPResponse {
        json(["kind": "Status", "code": .integer(Int64(code)), "message": .string(message)], status: code)
    }
}

/// The lines of a watch as FlyingFox sends a body: each as soon as it is there.
private struct WatchBytes: AsyncBufferedSequence {
    typealias Element = UInt8

    let lines: AsyncThrowingStream<[UInt8], any Error>

    struct AsyncIterator: AsyncBufferedIteratorProtocol {
        var lines: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator

        mutating func next() async throws -> UInt8? { try await lines.next()?.first }

        mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? { try await lines.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lines: lines.makeAsyncIterator()) }
}
