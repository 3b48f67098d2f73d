import Domain
import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Requests to the API server about one ConfigMap.
struct KubernetesAPI: Sendable {
    /// Seconds for an ordinary request.
    static let timeout: Double = 15
    /// The largest answer: a ConfigMap holds 1 MiB, and JSON may double it.
    static let bodyLimit = 8 << 20

    let settings: KubernetesSettings
    let http: any HTTPClient & HTTPStreaming

    /// The ConfigMap as it is: 200, or whatever else the server says.
    func read() async throws(RoleMapStoreError) -> HTTPResponse {
        try await send(.get, "\(collection)/\(settings.name)")
    }

    /// All ConfigMaps of the name, of which there is one or none, with the version to watch from.
    func list() async throws(RoleMapStoreError) -> HTTPResponse {
        try await send(.get, "\(collection)?fieldSelector=\(selector)")
    }

    func create(_ object: JSONTree) async throws(RoleMapStoreError) -> HTTPResponse {
        try await send(.post(body: object.bytes), collection)
    }

    func replace(_ object: JSONTree) async throws(RoleMapStoreError) -> HTTPResponse {
        try await send(.put(body: object.bytes), "\(collection)/\(settings.name)")
    }

    /// Has the server tell what becomes of it from that version on, for so many seconds.
    func watch(
        from version: String, seconds: Int, receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) -> Bool
    ) async throws(RoleMapStoreError) -> HTTPResponse {
        let version = PercentEncoding.encode(version)
        let address =
            "\(collection)?fieldSelector=\(selector)&watch=true&allowWatchBookmarks=true"
            + "&resourceVersion=\(version)&timeoutSeconds=\(seconds)"
        let request = HTTPRequest(.get, address, headers: try headers(), timeout: Double(seconds) + 15)
        do throws(HTTPFailure) {
            return try await http.stream(request, receive: receive)
        } catch {
            throw unreachable("\(error)")
        }
    }

    /// The error of an answer that is not what was asked for.
    func refusal(_ answer: HTTPResponse) -> RoleMapStoreError {
        let said = JSONTree(answer.body)?["message"]?.text.map { ": " + PrintableText.line($0) } ?? ""
        let hint =
            switch answer.status {
            case 401: " (the token of the service account is not taken)"
            case 403: " (the service account needs the verbs get, list, watch, create and update for configmaps)"
            default: ""
            }
        return unreachable("the API server answered \(answer.status)\(said)\(hint)")
    }

    /// The error of a watch that the server ended with a Status.
    func ended(by status: JSONTree) -> RoleMapStoreError {
        let code = status["code"]?.integer.map { "\($0)" } ?? "an error"
        let said = status["message"]?.text.map { ": " + PrintableText.line($0) } ?? ""
        return unreachable("the API server ended the watch with \(code)\(said)")
    }

    func unreachable(_ reason: String) -> RoleMapStoreError {
        .unreachable(place: settings.place, reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason)
    }

    private func send(_ method: HTTPRequest.Method, _ address: String)
        async throws(RoleMapStoreError) -> HTTPResponse
    {
        let request = HTTPRequest(
            method, address, headers: try headers(), timeout: Self.timeout, bodyLimit: Self.bodyLimit)
        do throws(HTTPFailure) {
            return try await http.send(request)
        } catch {
            throw unreachable("\(error)")
        }
    }

    private func headers() throws(RoleMapStoreError) -> [HTTPHeader] {
        var headers = [HTTPHeader("Accept", "application/json"), HTTPHeader("Content-Type", "application/json")]
        guard let file = settings.tokenFile else { return headers }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw unreachable("the token of the service account can't be read from \(file)")
        }
        let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        headers.append(HTTPHeader("Authorization", "Bearer \(token)"))
        return headers
    }

    private var collection: String { "\(settings.server)/api/v1/namespaces/\(settings.namespace)/configmaps" }
    private var selector: String { PercentEncoding.encode("metadata.name=\(settings.name)") }
}
