import Domain
import Ports

/// What an answer of Okta's that is no good means.
enum OktaFailure {
    /// The error of that answer.
    static func error(_ answer: HTTPResponse, at address: String, _ time: any TimeSource) -> PersonDirectoryError {
        let said = OktaRefusal.read(answer.body).sentence
        let tail = said.isEmpty ? "" : " (\(said))"
        return switch answer.status {
        case 429: .unavailable(reason: "\(address) is at its rate limit")
        case 500...: .unavailable(reason: "\(address) answered \(answer.status)\(tail)")
        case 300..<400: .unavailable(reason: "\(address) answered \(answer.status): is it the org's address?")
        default: .refused(reason: "\(address) answered \(answer.status)\(tail)")
        }
    }

    static func answering(_ body: () async throws(HTTPFailure) -> HTTPResponse)
        async throws(PersonDirectoryError) -> HTTPResponse
    {
        do throws(HTTPFailure) {
            return try await body()
        } catch {
            throw .unavailable(reason: "\(error)")
        }
    }

    static func signing(_ body: () throws(UnusableKey) -> String) throws(PersonDirectoryError) -> String {
        do throws(UnusableKey) {
            return try body()
        } catch {
            throw .refused(reason: "nothing can be signed with OKTA_PRIVATE_KEY: \(error.reason)")
        }
    }
}
