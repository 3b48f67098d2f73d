import COpenSSL
import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// OpenSSL's libcrypto, opened by whoever needs a hash first: a start that needs none is spared a third of its time.
var libcrypto: aws_oidc_libcrypto { CryptoLibrary.functions }

private enum CryptoLibrary {
    #if canImport(Darwin)
        static let fileNames = [
            "libcrypto.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
            "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib",
        ]
        static let remedy = "Install OpenSSL 3 (brew install openssl@3)."
    #else
        static let fileNames = ["libcrypto.so.3"]
        static let remedy = "Install libssl3 (openssl-libs on Fedora and Amazon Linux)."
    #endif

    /// Opened once in the life of the process; any thread may call them.
    static let functions = opened()

    /// Ends the process where there is none, as its loader would where it is linked: nothing here goes on without it.
    private static func opened() -> aws_oidc_libcrypto {
        let functions = UnsafeMutablePointer<aws_oidc_libcrypto>.allocate(capacity: 1)
        defer { functions.deallocate() }
        var reason = [CChar](repeating: 0, count: 512)
        var firstReason: String?
        for name in fileNames {
            if aws_oidc_libcrypto_open(name, functions, &reason, reason.count) == 0 { return functions.move() }
            firstReason = firstReason ?? reason.withUnsafeBufferPointer { $0.baseAddress.map(String.init(cString:)) }
        }
        let line = "aws-oidc failed: libcrypto can't be loaded (\(firstReason ?? "no file")). \(remedy)\n"
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        _exit(1)
    }
}
