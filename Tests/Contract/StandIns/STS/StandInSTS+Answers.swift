import OpenSSL

/// An error as STS answers it.
struct STSRefusalAnswer: Error, Sendable {
    let code: String
    let message: String
    let status: Int

    static func validation(_ message: String) -> STSRefusalAnswer {
        STSRefusalAnswer(code: "ValidationError", message: message, status: 400)
    }

    static func invalidIdentityToken(_ message: String) -> STSRefusalAnswer {
        STSRefusalAnswer(code: "InvalidIdentityToken", message: message, status: 400)
    }
}

extension StandInSTS {
    private static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

    /// The answer of an action: `ACTIONResponse` with `ACTIONResult` and `ResponseMetadata`.
    func success(_ action: String, result: String) -> StandInAnswer {
        let requestID = requestID()
        let xml = """
            <\(action)Response xmlns="\(Self.namespace)">
              <\(action)Result>
            \(result)
              </\(action)Result>
              <ResponseMetadata>
                <RequestId>\(requestID)</RequestId>
              </ResponseMetadata>
            </\(action)Response>

            """
        return answer(xml, requestID, status: 200, outcome: "ok")
    }

    /// The error answer of any action.
    func refusal(_ refusal: STSRefusalAnswer) -> StandInAnswer {
        let requestID = requestID()
        let xml = """
            <ErrorResponse xmlns="\(Self.namespace)">
              <Error>
                <Type>\(refusal.status < 500 ? "Sender" : "Receiver")</Type>
                <Code>\(MarkupText.escape(refusal.code))</Code>
                <Message>\(MarkupText.escape(refusal.message))</Message>
              </Error>
              <RequestId>\(requestID)</RequestId>
            </ErrorResponse>

            """
        return answer(xml, requestID, status: refusal.status, outcome: refusal.code)
    }

    private func answer(_ xml: String, _ requestID: String, status: Int, outcome: String) -> StandInAnswer {
        StandInAnswer(
            status: status, headers: [("Content-Type", "text/xml"), ("x-amzn-RequestId", requestID)],
            body: Array(xml.utf8), outcome: outcome)
    }

    /// A random UUID (RFC 9562 section 5.4).
    private func requestID() -> String {
        var bytes = cryptography.randomBytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [digits[0..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10..<16]]
            .map { $0.joined() }.joined(separator: "-")
    }
}
