import Domain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Okta's answer to a request for a token (RFC 6749 section 5.1).
struct OktaTokenAnswer: Decodable {
    let accessToken: String
    let tokenType: String
    let expiresIn: Double?

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }
}

/// Okta's refusal, of a token (RFC 6749 section 5.2) or of anything else (its own form).
struct OktaRefusal: Decodable {
    let error: String?
    let explanation: String?
    let errorCode: String?
    let errorSummary: String?

    enum CodingKeys: String, CodingKey {
        case error, errorCode, errorSummary
        case explanation = "error_description"
    }

    /// Whether it is the person asked for that there is no answer about: nobody of that id, or no id (Okta error codes).
    var isAboutPerson: Bool { errorCode == "E0000007" || errorCode == "E0000031" }

    /// What it says, for a person.
    var sentence: String {
        let parts = [error ?? errorCode, explanation ?? errorSummary].compactMap { $0 }
        return PrintableText.line(parts.joined(separator: ": "))
    }

    /// The refusal in these bytes; empty where they are none.
    static func read(_ body: [UInt8]) -> OktaRefusal {
        (try? OktaJSON.decode(OktaRefusal.self, body))
            ?? OktaRefusal(error: nil, explanation: nil, errorCode: nil, errorSummary: nil)
    }
}

/// An app of a list (List all applications): its id is its client id.
struct OktaApp: Decodable {
    let id: String
    let status: String?
}

enum OktaJSON {
    static func decode<Value: Decodable>(_ type: Value.Type, _ body: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}
