import Domain

/// A service of AWS that this program speaks to, and where it is.
package enum AWSService: String, Sendable {
    case sts
    case iam
    case organizations
    case s3

    /// Where a service is, and the region that requests to it are signed for.
    struct Endpoint: Sendable, Hashable {
        /// The address, with a slash at its end.
        let address: String
        /// The region that requests are signed for.
        let region: String
        /// Whether it is the host that FIPS 140 asks for.
        var isFIPS = false
    }

    /// The service's endpoint in a partition (AWS General Reference, "Service endpoints"); `AWS_ENDPOINT_URL_SERVICE` goes first, then `AWS_ENDPOINT_URL`.
    func endpoint(_ partition: Partition, region named: String?, _ variable: (String) -> String?)
        throws(SignedCallError) -> Endpoint
    {
        let region = region(partition, named)
        if variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.lowercased() != "true" {
            for name in ["AWS_ENDPOINT_URL_\(rawValue.uppercased())", "AWS_ENDPOINT_URL"] {
                guard let text = variable(name) else { continue }
                guard let address = WebAddress(text), address.isSecure || address.isLoopback, !text.contains("?") else {
                    throw .settings("\(name) is no https address: \(PrintableText.line(text))")
                }
                return Endpoint(address: text.hasSuffix("/") ? text : text + "/", region: region)
            }
        }
        let isFIPS = variable("AWS_USE_FIPS_ENDPOINT")?.lowercased() == "true"
        return Endpoint(address: "https://\(host(partition, region, isFIPS))/", region: region, isFIPS: isFIPS)
    }

    /// IAM and Organizations are one for a partition, in one of its regions.
    private func region(_ partition: Partition, _ named: String?) -> String {
        switch self {
        case .organizations where partition == .china: return "cn-northwest-1"
        case .iam, .organizations: return partition.defaultRegion
        case .sts, .s3:
            guard let named, Partition(region: named) == partition else { return partition.defaultRegion }
            return named
        }
    }

    private func host(_ partition: Partition, _ region: String, _ isFIPS: Bool) -> String {
        switch (self, partition) {
        case (.iam, .aws): return isFIPS ? "iam-fips.amazonaws.com" : "iam.amazonaws.com"
        case (.iam, .govCloud): return "iam.us-gov.amazonaws.com"
        case (.sts, .govCloud), (.organizations, .govCloud): break
        default:
            if isFIPS { return "\(rawValue)-fips.\(region).\(partition.hostSuffix)" }
        }
        return "\(rawValue).\(region).\(partition.hostSuffix)"
    }
}

/// Why AWS gave no answer that could be used.
package enum SignedCallError: Error, Sendable, Hashable {
    /// The settings can't be followed.
    case settings(String)
    /// There are no credentials to sign with.
    case noCredentials(String)
    /// No answer.
    case http(HTTPFailureText)
    /// It refused, with its own code and words.
    case refused(code: String, message: String, status: Int)
    /// It answered something that is not of its protocol.
    case unintelligible(String)

    /// An HTTP failure, as far as errors of this layer speak of it.
    package struct HTTPFailureText: Sendable, Hashable {
        /// The sentence.
        package let text: String
        /// Whether the same may go well a moment later.
        package let mayPass: Bool
    }

    /// The code of a refusal.
    var code: String? { if case .refused(let code, _, _) = self { code } else { nil } }

    /// Whether it says that this caller may not ask that.
    var isDenial: Bool {
        ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"].contains(code ?? "")
    }
}

extension SignedCallError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .settings(let reason), .noCredentials(let reason), .unintelligible(let reason): reason
        case .http(let failure): failure.text
        case .refused(let code, let message, _): message.isEmpty ? code : "\(code): \(message)"
        }
    }
}
