import Domain
import Ports

/// What an HTTP answer of STS means (API_AssumeRoleWithWebIdentity, Common Errors).
enum STSAnswer: Sendable {
    case credentials(AWSCredentials)
    case error(code: String, message: String)
    /// Not an answer of this protocol, and why; no word of the body is in it.
    case unintelligible(reason: String)

    /// Reads an answer.
    init(_ response: HTTPResponse) {
        let root: XMLElement
        do {
            root = try XMLReader.read(response.body)
        } catch {
            self = .unintelligible(
                reason:
                    "its answer, of status \(response.status), is not XML of AWS (\(error.reason) at byte \(error.offset))"
            )
            return
        }
        if response.status == 200, root.name == "AssumeRoleWithWebIdentityResponse" {
            self = Self.credentials(root)
        } else if response.status != 200, root.name == "ErrorResponse", let error = root.child("Error"),
            let code = error.text(of: "Code"), !code.isEmpty
        {
            self = .error(code: code, message: error.text(of: "Message") ?? "")
        } else {
            self = .unintelligible(
                reason: "its answer, of status \(response.status), is XML but none of AssumeRoleWithWebIdentity")
        }
    }

    private static func credentials(_ root: XMLElement) -> STSAnswer {
        let element = root.child("AssumeRoleWithWebIdentityResult")?.child("Credentials")
        func field(_ name: String) -> String? {
            element?.text(of: name).flatMap { text in
                !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
            }
        }
        guard let accessKeyID = field("AccessKeyId") else { return missing("AccessKeyId") }
        guard let secretAccessKey = field("SecretAccessKey") else { return missing("SecretAccessKey") }
        guard let sessionToken = field("SessionToken") else { return missing("SessionToken") }
        guard let expiry = field("Expiration").flatMap(Timestamp.init(rfc3339:)) else { return missing("Expiration") }
        return .credentials(
            AWSCredentials(
                accessKeyID: accessKeyID, secretAccessKey: Secret(secretAccessKey), sessionToken: Secret(sessionToken),
                expiry: expiry))
    }

    private static func missing(_ name: String) -> STSAnswer {
        .unintelligible(reason: "its answer has credentials without a usable \(name)")
    }
}
