import CCurl
import Domain
import Ports

extension EasyHandle {
    /// Sets all that a request says, and the limits that hold for every request.
    func configure(_ request: HTTPRequest, _ address: WebAddress, _ settings: CurlSettings) throws(HTTPFailure) {
        try set(CURLOPT_URL, request.address)
        try set(CURLOPT_PROTOCOLS, Int(address.isSecure ? CURLPROTO_HTTPS : CURLPROTO_HTTP))
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NOSIGNAL, 1)
        if let connectTimeout = request.connectTimeout {
            try set(CURLOPT_CONNECTTIMEOUT_MS, Int(min(max(connectTimeout * 1000, 1), 86_400_000).rounded(.up)))
        }
        // The pause after which a kept connection is taken for dead.
        try set(CURLOPT_MAXAGE_CONN, 30)
        try set(CURLOPT_USERAGENT, settings.userAgent)
        // All the codings that this libcurl can undo.
        try set(CURLOPT_ACCEPT_ENCODING, "")
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // This machine is not behind a proxy; for every other host HTTPS_PROXY and NO_PROXY decide, as libcurl reads them.
        if address.isLoopback || request.allowsPlainText { try set(CURLOPT_NOPROXY, "*") }
        try trust(settings.certificateBundle)
        try add(headerLines: request.headers.map(Self.line) + ["Expect:"])
        switch request.method {
        case .get: break
        case .post(let body): try post(body)
        case .put(let body):
            try post(body)
            try set(CURLOPT_CUSTOMREQUEST, "PUT")
        }
        try check(aws_oidc_curl_close_sockets_on_exec(pointer))
        // An old libcurl may not have these two: it then speaks HTTP/1.1, or waits for a lookup that hangs.
        _ = aws_oidc_curl_set_number(pointer, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        _ = aws_oidc_curl_leave_lookups_behind(pointer)
    }

    private func trust(_ certificateBundle: String?) throws(HTTPFailure) {
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        guard let certificateBundle else { return }
        try set(CURLOPT_CAINFO, certificateBundle)
        // In the place of the system's authorities, not beside them, as AWS_CA_BUNDLE works in the SDKs. Not every TLS
        // library that libcurl may have been built with knows a folder of certificates, or a proxy of https.
        _ = aws_oidc_curl_set_text(pointer, CURLOPT_CAPATH, nil)
        _ = aws_oidc_curl_set_text(pointer, CURLOPT_PROXY_CAINFO, certificateBundle)
        _ = aws_oidc_curl_set_text(pointer, CURLOPT_PROXY_CAPATH, nil)
    }

    /// As libcurl wants it: a field without a value ends in a semicolon.
    private static func line(_ header: HTTPHeader) -> String {
        header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
    }
}

extension HTTPRequest {
    /// The address, where the request is one that may be sent.
    ///
    /// - Throws: `.badAddress`, and `.timedOut` where no time is left.
    func checkedAddress() throws(HTTPFailure) -> WebAddress {
        guard self.address.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let address = WebAddress(self.address)
        else {
            throw .badAddress(PrintableText.line(self.address), reason: "it is no https address")
        }
        guard address.isSecure || address.isLoopback || allowsPlainText else {
            throw .badAddress(self.address, reason: "it must begin with https://; http is for localhost only")
        }
        guard headers.allSatisfy(\.isWellFormed) else {
            throw .badAddress(
                self.address, reason: "a header field of the request holds a character that none may have")
        }
        guard timeout > 0 else {
            throw .timedOut(host: address.host, seconds: timeout, requestMayHaveArrived: false)
        }
        return address
    }
}

extension HTTPHeader {
    /// Whether the field can't become two: RFC 9110 sections 5.1 and 5.5.
    fileprivate var isWellFormed: Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !name.contains { ":;".contains($0) }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
