import AWS
import Curl
import Host
import OpenSSL
package import Ports
import Terminal

/// Which adapter stands behind which port, in the server and in what belongs to it.
///
/// Nothing is opened, loaded or asked before it is used.
package final class ServerComposition: Sendable {
    /// The environment of this process.
    package let environment: [String: String]
    let time = HostClock()
    let cryptography = OpenSSLCryptography()
    let http: any HTTPClient
    /// The credentials of this process itself.
    let ownCredentials: OwnCredentials
    /// Speaks to whoever started it.
    package let notices: any Notices = TerminalNotices()

    /// The composition of a process with this environment; `version` goes into the User-Agent field.
    package init(environment: [String: String], version: String) {
        self.environment = environment
        let variable = { @Sendable name in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        http = CurlHTTPClient(
            CurlSettings(
                certificateBundle: variable("AWS_CA_BUNDLE") ?? variable("SSL_CERT_FILE"),
                userAgent: "aws-oidc/\(version)"))
        ownCredentials = OwnCredentials(
            http: http, time: time, random: cryptography,
            signer: SignatureV4(digester: cryptography, authenticator: cryptography), variable: variable,
            home: HostIdentity.home(environment))
    }

    /// A variable of the environment; nil where it is not set, or empty.
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
}
