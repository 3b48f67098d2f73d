package import Domain

/// Tells which roles a person may take.
package protocol ConfigService: Sendable {
    /// The roles of the person whose id_token that is, all of that issuer.
    ///
    /// Each field has been checked; what does not fit is in `refused`. The token goes to that address and nowhere else: no
    /// redirect is followed.
    func granted(to token: Secret, issuer: Issuer, at address: ConfigServiceAddress)
        async throws(ConfigServiceError) -> GrantedRoles
}

/// Why nobody knows which roles a person may take.
package enum ConfigServiceError: Error, Sendable, Hashable {
    /// The service could not be asked.
    case network(HTTPFailure)
    /// It does not accept the token (401).
    case notAccepted(host: String, reason: String?)
    /// It knows the person, and refuses (403).
    case forbidden(host: String, reason: String?)
    /// There is no config service at that address (404).
    case notFound(host: String)
    /// It is out of order (5xx), or asks for patience (429).
    case outOfOrder(host: String, status: Int)
    /// It sends the caller elsewhere, as a sign-in page in front of it does.
    case redirected(host: String, place: String?)
    /// It answered with a web page.
    case page(host: String)
    /// It answered something else that is not of this protocol.
    case unintelligible(host: String, reason: String)
}

extension ConfigServiceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .network(let failure): "the config service: \(failure)"
        case .notAccepted(let host, let reason):
            "the config service at \(host) does not accept your sign-in (401\(Self.appended(reason))): "
                + "check that --issuer-url and --client-id are those that it expects, then try again with --flush-oidc-token-cache."
        case .forbidden(let host, let reason):
            "the config service at \(host) refuses you (403\(Self.appended(reason))): ask whoever runs it for access."
        case .notFound(let host): "there is no config service at that address of \(host) (404). Correct --config-url."
        case .outOfOrder(let host, let status):
            "the config service at \(host) is out of order (\(status)). Try again later, or tell whoever runs it."
        case .redirected(let host, let place):
            "\(host) sends us elsewhere\(place.map { ", to \($0)" } ?? ""), as a sign-in page in front of a service does; "
                + "your token is not sent on. Correct --config-url, or ask for an address that needs no other sign-in."
        case .page(let host):
            "\(host) answered with a web page, not with roles: a proxy or a sign-in page stands in front of the config service, "
                + "or --config-url is not its address."
        case .unintelligible(let host, let reason):
            "the config service at \(host) gave an answer that can't be used: \(reason). Check --config-url, or tell whoever runs it."
        }
    }

    private static func appended(_ reason: String?) -> String { reason.map { ": \($0)" } ?? "" }
}
