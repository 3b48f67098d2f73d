import CCurl
import Domain
import Ports

/// Takes a piece of an answer's body; false where that is enough.
typealias HTTPReceiver = @Sendable (_ status: Int, _ piece: [UInt8]) -> Bool

/// One exchange: the request, its answer while it arrives, and how it ended.
///
/// `@unchecked Sendable`: one caller makes it; from the moment that it is handed to the loop, the loop's thread alone
/// (libcurl's callbacks run there) reads and writes it.
final class Transfer: @unchecked Sendable {
    /// How far it got; a cancel may come before the start, or after the end.
    enum Phase {
        case new
        case running(CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>)
        case over
    }

    var phase = Phase.new
    let handle: EasyHandle
    let host: String
    let timeout: Double
    /// When it is over, by the loop's clock.
    var deadline = Double.infinity
    /// Whether it is late, and the next look at what has arrived is its last.
    var isOnLastCall = false
    private var answer: Answer
    private let isSentOnce: Bool
    private let receive: HTTPReceiver?
    private var timesSent = 0
    private var countsSending = false
    private var isEnough = false
    private var hasRead = false

    /// A transfer of that request, ready to start.
    ///
    /// - Parameter receive: takes the body's pieces instead of the answer.
    init(_ request: HTTPRequest, _ settings: CurlSettings, receive: HTTPReceiver? = nil) throws(HTTPFailure) {
        let address = try request.checkedAddress()
        host = address.host
        timeout = request.timeout
        answer = Answer(bodyLimit: request.bodyLimit)
        handle = try EasyHandle()
        isSentOnce = if case .get = request.method { false } else { true }
        self.receive = receive
        try handle.configure(request, address, settings)
        try setCallbacks()
    }

    /// How it ended, when libcurl is through with it.
    func outcome(_ code: CURLcode) -> Result<HTTPResponse, HTTPFailure> {
        let mayHaveArrived = countsSending ? timesSent > 0 : !code.isBeforeSending
        if code == CURLE_OK {
            guard answer.isHeaderComplete else {
                let reason = "the answer broke off"
                return .failure(.unreachable(host: host, reason: reason, requestMayHaveArrived: mayHaveArrived))
            }
            return .success(
                HTTPResponse(
                    status: aws_oidc_curl_status(handle.pointer), headers: answer.headers, body: answer.body))
        }
        if isEnough { return .failure(.cancelled) }
        if let limit = answer.passedLimit { return .failure(.tooLarge(host: host, limit: limit)) }
        return .failure(
            code.failure(host: host, reason: handle.reason(code), timeout: timeout, mayHaveArrived: mayHaveArrived))
    }

    /// Whether anything has arrived since this was asked last.
    func takeProgress() -> Bool {
        defer { hasRead = false }
        return hasRead
    }

    private func setCallbacks() throws(HTTPFailure) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try handle.check(
            aws_oidc_curl_set_body_sink(
                handle.pointer,
                { bytes, size, count, owner in
                    let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
                    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    return transfer.take(piece) ? piece.count : 0
                }, me))
        try handle.check(
            aws_oidc_curl_set_header_sink(
                handle.pointer,
                { bytes, size, count, owner in
                    let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
                    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    transfer.hasRead = true
                    return transfer.answer.take(headerLine: line) ? line.count : 0
                }, me))
        let code = aws_oidc_curl_set_gate(
            handle.pointer,
            { owner, _, _, _, _ in
                Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().maySend() ? 0 : 1
            }, me)
        countsSending = code == CURLE_OK
    }

    private func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        hasRead = true
        guard let receive else { return answer.take(body: piece) }
        isEnough = !receive(aws_oidc_curl_status(handle.pointer), Array(piece))
        return !isEnough
    }

    /// Whether the request may go out now.
    ///
    /// libcurl sends again by itself when a kept connection turns out to be broken. A POST goes out once: whether to
    /// send a code or a refresh token a second time is the caller's to decide.
    private func maySend() -> Bool {
        timesSent += 1
        return !isSentOnce || timesSent == 1
    }
}
