import CCurl
import Ports

extension CURLcode {
    /// What this error means to the caller.
    func failure(host: String, reason: String, timeout: Double, mayHaveArrived: Bool) -> HTTPFailure {
        if isAboutTrust, !Self.isBrokenConnection(reason) { return .untrusted(host: host, reason: reason) }
        switch self {
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(host: host, seconds: timeout, requestMayHaveArrived: mayHaveArrived)
        case CURLE_URL_MALFORMAT:
            return .badAddress(host, reason: reason)
        case CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION,
            CURLE_BAD_FUNCTION_ARGUMENT:
            return .unavailable(reason: "libcurl: \(reason)")
        case CURLE_ABORTED_BY_CALLBACK:
            // The one thing that is ever stopped: sending a POST again.
            return .unreachable(
                host: host, reason: "the connection broke after the request was sent",
                requestMayHaveArrived: mayHaveArrived)
        default:
            return .unreachable(host: host, reason: reason, requestMayHaveArrived: mayHaveArrived)
        }
    }

    /// Whether the error is one that comes before any byte of the request is sent.
    var isBeforeSending: Bool {
        switch self {
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
            CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_FAILED_INIT:
            true
        default: isAboutTrust
        }
    }

    private var isAboutTrust: Bool {
        switch self {
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CRL_BADFILE,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED:
            true
        default: false
        }
    }

    /// A handshake that broke off is the network's doing, and worth another try; libcurl tells it in words only.
    private static func isBrokenConnection(_ reason: String) -> Bool {
        ["SSL_ERROR_SYSCALL", "Connection reset", "Broken pipe", "unexpected eof", "was non-properly terminated"]
            .contains { reason.contains($0) }
    }
}
