import CCurl
import Domain
import Ports

/// libcurl, opened by the first request: start-up is spared it and the thirty libraries that it brings.
enum CurlLibrary {
    #if canImport(Darwin)
        static let fileNames = ["libcurl.4.dylib", "/usr/lib/libcurl.4.dylib"]
        static let remedy = "install curl"
    #else
        static let fileNames = ["libcurl.so.4", "libcurl-gnutls.so.4"]
        static let remedy = "install libcurl4 (the package libcurl on Fedora and Amazon Linux)"
    #endif

    /// Opened once in the life of the process, whoever asks first.
    private static let outcome: HTTPFailure? = open(fileNames)

    /// Makes libcurl ready for use.
    static func load() throws(HTTPFailure) {
        if let outcome { throw outcome }
    }

    /// Opens the first of these files that is a usable libcurl; nil, or why there is none.
    static func open(_ fileNames: [String]) -> HTTPFailure? {
        var firstReason: String?
        for name in fileNames {
            guard let reason = reasonAgainst(name) else { return nil }
            firstReason = firstReason ?? reason
        }
        return .unavailable(reason: "libcurl can't be loaded (\(firstReason ?? "no file")): \(remedy)")
    }

    private static func reasonAgainst(_ fileName: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
            guard let start = reason.baseAddress, aws_oidc_curl_open(fileName, start, reason.count) != 0 else {
                return nil
            }
            return PrintableText.line(String(cString: start))
        }
    }
}
