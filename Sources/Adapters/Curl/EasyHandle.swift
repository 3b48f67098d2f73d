import CCurl
import Domain
import Ports

/// One request as libcurl holds it; owns the handle, its header list and its error text.
final class EasyHandle {
    let pointer: OpaquePointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?

    init() throws(HTTPFailure) {
        guard let pointer = aws_oidc_curl_easy_init() else { throw .unavailable(reason: "libcurl gave no handle") }
        self.pointer = pointer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try check(aws_oidc_curl_set_error_buffer(pointer, errorText))
    }

    deinit {
        aws_oidc_curl_easy_cleanup(pointer)
        aws_oidc_curl_list_free(headers)
        errorText.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) throws(HTTPFailure) {
        try check(aws_oidc_curl_set_number(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String?) throws(HTTPFailure) {
        try check(aws_oidc_curl_set_text(pointer, option, value))
    }

    /// Adds lines to the request's header, each `Name: value`.
    func add(headerLines lines: [String]) throws(HTTPFailure) {
        for line in lines {
            guard let longer = aws_oidc_curl_list_append(headers, line) else {
                throw .unavailable(reason: "libcurl has no memory left")
            }
            headers = longer
        }
        try check(aws_oidc_curl_set_list(pointer, CURLOPT_HTTPHEADER, headers))
    }

    /// Makes the request a POST of these bytes.
    func post(_ body: [UInt8]) throws(HTTPFailure) {
        try set(CURLOPT_POST, 1)
        // An empty array may have no address at all, which libcurl takes for "read it from stdin".
        try check(aws_oidc_curl_set_body(pointer, body.isEmpty ? [0] : body, body.count))
    }

    /// What libcurl says about a failure.
    func reason(_ code: CURLcode) -> String {
        let text = String(cString: errorText)
        return PrintableText.line(text.isEmpty ? String(cString: aws_oidc_curl_easy_strerror(code)) : text)
    }

    func check(_ code: CURLcode) throws(HTTPFailure) {
        guard code == CURLE_OK else { throw .unavailable(reason: "libcurl: \(reason(code))") }
    }
}
