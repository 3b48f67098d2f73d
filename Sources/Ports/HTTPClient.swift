/// One HTTP exchange with a server: what the protocol-speaking adapters (OIDC, AWS) need of the network.
package protocol HTTPClient: Sendable {
    /// Sends the request and gives the whole answer, whatever its status.
    ///
    /// - TLS certificates are checked; only https is spoken, and http where the host is a loopback one or the request allows it.
    /// - No redirect is followed: a 3xx is an answer like any other.
    /// - The exchange ends within `request.timeout` seconds, and the body within `request.bodyLimit` bytes.
    /// - Cancelling the task ends the exchange with `.cancelled`.
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}

/// A request of an `HTTPClient`.
package struct HTTPRequest: Sendable {
    /// The method, and for POST and PUT the body.
    package enum Method: Sendable {
        case get
        case post(body: [UInt8])
        case put(body: [UInt8])
    }

    /// The absolute address, its query already percent-encoded.
    package let address: String
    /// The method, and for POST and PUT the body.
    package let method: Method
    /// Header fields in the order in which they are sent.
    package let headers: [HTTPHeader]
    /// Seconds until the exchange is given up, from its start to the last byte of the answer.
    package let timeout: Double
    /// Seconds until the attempt to reach the server is given up, with nothing sent; nil where `timeout` alone counts.
    package let connectTimeout: Double?
    /// How many bytes the answer's body may have.
    package let bodyLimit: Int
    /// Whether http will do where the host is no loopback one: so speak only the metadata services of a cloud's host, over a link of its own.
    package let allowsPlainText: Bool

    /// A request; 15 s and 1 MiB unless told otherwise.
    package init(
        _ method: Method, _ address: String, headers: [HTTPHeader] = [], timeout: Double = 15,
        connectTimeout: Double? = nil, bodyLimit: Int = 1 << 20, allowsPlainText: Bool = false
    ) {
        self.address = address
        self.method = method
        self.headers = headers
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.bodyLimit = bodyLimit
        self.allowsPlainText = allowsPlainText
    }
}

/// A header field.
package struct HTTPHeader: Sendable, Hashable {
    /// The name, in any case.
    package let name: String
    /// The value, without white space around it.
    package let value: String

    /// A field.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a server answered.
package struct HTTPResponse: Sendable {
    /// The status code.
    package let status: Int
    /// The header fields in the order in which they came.
    package let headers: [HTTPHeader]
    /// The body, content codings undone.
    package let body: [UInt8]

    /// An answer.
    package init(status: Int, headers: [HTTPHeader], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first field of that name, whatever its case.
    package subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why there is no answer.
package enum HTTPFailure: Error, Sendable, Hashable {
    /// No connection to the host, or it broke; `requestMayHaveArrived` is false where it was never sent.
    case unreachable(host: String, reason: String, requestMayHaveArrived: Bool)
    /// The time-out passed.
    case timedOut(host: String, seconds: Double, requestMayHaveArrived: Bool)
    /// TLS refused the host: certificate, name or protocol.
    case untrusted(host: String, reason: String)
    /// The body is larger than the limit.
    case tooLarge(host: String, limit: Int)
    /// The address is not one that may be asked.
    case badAddress(String, reason: String)
    /// The HTTP library itself can't be used.
    case unavailable(reason: String)
    /// The task was cancelled.
    case cancelled
}

extension HTTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let host, let reason, _):
            "\(host) can't be reached: \(reason). Check the network, VPN and proxy settings, then run it again."
        case .timedOut(let host, let seconds, _):
            "\(host) did not answer within \(Int(seconds.rounded(.up))) s. Check the network, then run it again."
        case .untrusted(let host, let reason):
            "the TLS connection to \(host) is not trusted: \(reason). "
                + "Check this machine's clock; a private CA is named by AWS_CA_BUNDLE or SSL_CERT_FILE."
        case .tooLarge(let host, let limit):
            "\(host) answered with more than \(limit) bytes, which is no answer of this protocol."
        case .badAddress(let address, let reason):
            "the address \(address) can't be asked: \(reason)."
        case .unavailable(let reason):
            "HTTP is not available: \(reason)."
        case .cancelled:
            "the request was cancelled."
        }
    }
}
