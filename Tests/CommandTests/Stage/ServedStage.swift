import Foundation
import StandIns
import Testing

/// A config service that runs.
struct RunningService: Sendable {
    let child: Child
    /// The ports in the order in which they came up.
    let ports: [UInt16]
    let port: UInt16
    let accessName: String
    let folder: String

    var address: String { "http://127.0.0.1:\(port)" }

    /// The lines of its access log.
    var accessLines: [JSONValue] {
        let bytes = FileManager.default.contents(atPath: folder + "/" + accessName) ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { try? JSONValue(json: $0) }
    }

    func get(_ path: String, token: String? = nil) async throws -> LoopbackHTTP.Answer {
        try await LoopbackHTTP.fetch(
            "GET", address + path, headers: token.map { [("Authorization", "BEARER \($0)")] } ?? [])
    }

    /// Asks until it is so: another process can only be asked.
    func until(_ what: String, _ holds: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try await !holds() {
            guard ContinuousClock.now < end else { throw NeverHappened(what: what) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Has it end as a cluster does, which is no failure.
    func end(location: SourceLocation = #_sourceLocation) async throws {
        child.signal(SIGTERM)
        let ended = try await child.ended()
        #expect(ended.code == 0, "\(ended.errors)", sourceLocation: location)
    }
}

extension Stage {
    var mapFile: String { folder + "/rolemap.yaml" }

    var serviceEnvironment: [String: String?] {
        ["OKTA_ISSUER_URL": provider.issuer, "OKTA_CLIENT_ID": Self.clientID]
    }

    /// A role map of one account, all of whose roles are for the stand-in's client.
    func mapText(_ roles: [String]) -> String {
        guard !roles.isEmpty else { return "[]\n" }
        return roles.map { role in
            """
            - aws_account_id: "123456789012"
              aws_account_alias: acme
              aws_role_arn: arn:aws:iam::123456789012:role/\(role)
              okta_client_id: \(Self.clientID)

            """
        }.joined()
    }

    /// Writes the map whole, as `mv` does.
    func writeMap(_ roles: [String]) throws {
        try Data(mapText(roles).utf8).write(to: URL(fileURLWithPath: mapFile), options: .atomic)
    }

    /// Starts a service on ports that the system chooses, and waits until it is up.
    func serve(
        map: [String]?, arguments: [String] = ["--directory=id-token"], with changes: [String: String?] = [:]
    ) async throws -> RunningService {
        var words = ["serve-config", "--web-server-port=0", "--bind=127.0.0.1"] + arguments
        if let map {
            try writeMap(map)
            words += ["--rolemap", mapFile]
        }
        let accessName = "access-\(UUID().uuidString)"
        _ = FileManager.default.createFile(atPath: folder + "/" + accessName, contents: nil)
        let child = try start(
            words, with: serviceEnvironment.merging(changes) { $1 }, output: .path(folder + "/" + accessName))
        let expected = arguments.contains { $0.hasPrefix("--metrics-port") } ? 2 : 1
        var events: [JSONValue] = []
        try await wait(for: "the service comes up: \(child.errorsSoFar)") {
            events = child.errorsSoFar.split(separator: "\n").compactMap { try? JSONValue(json: $0) }
            if child.errorsSoFar.contains("failed:") { throw NeverHappened(what: child.errorsSoFar) }
            let isRead = map == nil || events.contains { $0["msg"]?.text == "a new role map is served" }
            return events.count { $0["port"] != nil } == expected && isRead
        }
        let service = events.first { $0["msg"]?.text == "the config service is up" }
        let others = events.filter { $0["msg"]?.text == "metrics are served" }
        let ports = ([service].compactMap { $0 } + others).compactMap { $0["port"]?.text.flatMap { UInt16($0) } }
        return RunningService(
            child: child, ports: ports, port: try #require(ports.first), accessName: accessName, folder: folder)
    }
}

extension JSONValue {
    /// The elements of a list.
    var list: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }
}

/// A connection that a test holds open.
final class RawConnection: Sendable {
    private let descriptor: Int32

    init(to port: UInt16) throws {
        descriptor = try RawExchange.connected(to: port)
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw POSIXError(.EPIPE)
        }
    }

    /// What comes until it ends so, or the other side closes.
    func receive(until end: String) throws -> String {
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while !String(decoding: answer, as: UTF8.self).hasSuffix(end) {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { break }
            answer += piece[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }

    func close() {
        _ = Foundation.close(descriptor)
    }
}

/// Bytes sent and received as they are.
enum RawExchange {
    /// Sends bytes, and gives what comes until the other side closes, or nothing comes for a while.
    static func send(_ bytes: [UInt8], to port: UInt16) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try exchange(bytes, port) }) }
        }
    }

    private static func exchange(_ bytes: [UInt8], _ port: UInt16) throws -> String {
        let descriptor = try connected(to: port)
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        shutdown(descriptor, Int32(SHUT_WR))
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
            answer += piece[..<count]
        }
    }

    /// A socket that is connected to a port of this machine, and gives up after 30 s without a byte.
    fileprivate static func connected(to port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw POSIXError(.ECONNREFUSED)
        }
        return descriptor
    }
}
