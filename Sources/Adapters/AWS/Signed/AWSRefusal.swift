import Domain
import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What an answer of AWS that is no success says, in any of its three protocols (Query, JSON 1.1, S3).
enum AWSRefusal {
    /// What to do about it.
    enum Kind: Sendable, Hashable {
        case final
        /// The same may go well a moment later.
        case transient
        /// It is too much at a time.
        case throttled
    }

    /// The refusal that an answer is.
    static func read(_ response: HTTPResponse) -> SignedCallError {
        let (code, message) = xml(response.body) ?? json(response) ?? ("", "")
        return .refused(
            code: code.isEmpty ? "status \(response.status)" : PrintableText.line(code),
            message: PrintableText.line(message), status: response.status)
    }

    /// What to do about a failure (AWS SDKs and Tools Reference Guide, "Retry behavior").
    static func kind(_ failure: SignedCallError) -> Kind {
        switch failure {
        case .http(let failure): failure.mayPass ? .transient : .final
        case .settings, .noCredentials, .unintelligible: .final
        case .refused(let code, _, let status):
            if throttling.contains(code) || status == 429 {
                .throttled
            } else if transient.contains(code) || [500, 502, 503, 504].contains(status) {
                .transient
            } else {
                .final
            }
        }
    }

    private static let throttling: Set = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
        "BandwidthLimitExceeded", "LimitExceededException", "SlowDown", "PriorRequestNotComplete",
        "EC2ThrottledException",
    ]
    private static let transient: Set = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "ServiceUnavailable",
        "ServiceUnavailableException", "ServiceFailure", "IDPCommunicationError", "TransactionInProgressException",
    ]

    private static func xml(_ body: [UInt8]) -> (String, String)? {
        guard let root = try? XMLReader.read(body) else { return nil }
        let error = root.name == "Error" ? root : root.child("Error") ?? root.child("Errors")?.child("Error")
        return error.map { ($0.text(of: "Code") ?? "", $0.text(of: "Message") ?? "") }
    }

    private static func json(_ response: HTTPResponse) -> (String, String)? {
        struct Body: Decodable {
            let type: String?
            let code: String?
            let message: String?
            let upperMessage: String?
            enum CodingKeys: String, CodingKey {
                case type = "__type"
                case code
                case message
                case upperMessage = "Message"
            }
        }
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(response.body)) else { return nil }
        let code = response[header: "x-amzn-errortype"] ?? body.type ?? body.code ?? ""
        // As in `com.amazonaws.organizations#AccessDeniedException:http://…`.
        let name = code.split(separator: ":").first.map(String.init) ?? ""
        return (name.split(separator: "#").last.map(String.init) ?? "", body.message ?? body.upperMessage ?? "")
    }
}
