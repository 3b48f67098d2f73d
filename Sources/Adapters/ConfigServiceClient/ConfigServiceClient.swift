package import Domain
package import Ports

/// The config service over HTTP: one GET with the id_token, and JSON as the answer.
package struct ConfigServiceClient: ConfigService {
    private let http: any HTTPClient

    /// A service that is asked over that client.
    package init(http: any HTTPClient) { self.http = http }

    package func granted(to token: Secret, issuer: Issuer, at address: ConfigServiceAddress)
        async throws(ConfigServiceError) -> GrantedRoles
    {
        let request = HTTPRequest(
            .get, address.request,
            headers: [
                HTTPHeader("Authorization", "BEARER \(token.revealed)"), HTTPHeader("Accept", "application/json"),
            ],
            timeout: Self.timeout, bodyLimit: Self.bodyLimit)
        let response: HTTPResponse
        do {
            response = try await http.send(request)
        } catch {
            throw .network(error)
        }
        guard response.status == 200 else { throw Self.refusal(response, address.host, token) }
        guard !response.isPage else { throw .page(host: address.host) }
        do {
            return try ConfigAnswer.read(response.body, of: issuer)
        } catch {
            throw .unintelligible(host: address.host, reason: error.reason)
        }
    }

    /// It may have to ask a directory for thousands of apps.
    private static let timeout: Double = 60
    /// Some 100,000 roles.
    private static let bodyLimit = 32 << 20

    private static func refusal(_ response: HTTPResponse, _ host: String, _ token: Secret) -> ConfigServiceError {
        switch response.status {
        case 401: .notAccepted(host: host, reason: reason(response, token))
        case 403: .forbidden(host: host, reason: reason(response, token))
        case 404: .notFound(host: host)
        case 429, 500...599: .outOfOrder(host: host, status: response.status)
        case 301, 302, 303, 307, 308: .redirected(host: host, place: response[header: "Location"].map(place))
        default: .unintelligible(host: host, reason: "its status is \(response.status)")
        }
    }

    /// The place without its query, which may be long and nobody's business.
    private static func place(_ location: String) -> String {
        PrintableText.line(String(location.prefix { $0 != "?" && $0 != "#" }))
    }

    /// A short line that the service wrote for a person; without the token, or a piece of it.
    private static func reason(_ response: HTTPResponse, _ token: Secret) -> String? {
        guard !response.isPage, response.body.count <= 300 else { return nil }
        let text = PrintableText.line(
            Redaction.text(String(decoding: response.body, as: UTF8.self), without: token))
        let line = String(text.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "." }.reversed())
        return line.isEmpty || line.contains("{") ? nil : line
    }
}

extension HTTPResponse {
    /// Whether it is a web page.
    fileprivate var isPage: Bool {
        let first = body.first { !" \t\r\n".utf8.contains($0) }
        return first == UInt8(ascii: "<") || self[header: "Content-Type"]?.lowercased().hasPrefix("text/html") ?? false
    }
}
