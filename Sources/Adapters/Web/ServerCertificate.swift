import Domain
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The certificate chain and the private key that the service proves itself by, in files of PEM.
enum ServerCertificate {
    /// Everything that is wrong with the files.
    static func problems(chain: String, key: String) -> [WebServerError] {
        var problems: [WebServerError] = []
        if let unusable = unusable(chain) { problems.append(unusable) }
        if let reason = unreadable(key) { problems.append(.badCertificate(path: key, reason: reason)) }
        guard problems.isEmpty else { return problems }
        do throws(WebServerError) {
            _ = try configuration(chain: chain, key: key)
            return []
        } catch {
            return [error]
        }
    }

    /// TLS by those files.
    static func configuration(chain: String, key: String) throws(WebServerError) -> TLSConfiguration {
        if let unusable = unusable(chain) { throw unusable }
        if let reason = unreadable(key) { throw .badCertificate(path: key, reason: reason) }
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(chain)
            let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch {
            throw .badCertificate(path: key, reason: "it is no private key in PEM, or another certificate's")
        }
    }

    /// Why a chain can't be used; nil where it can.
    private static func unusable(_ chain: String) -> WebServerError? {
        guard (try? NIOSSLCertificate.fromPEMFile(chain)) == nil else { return nil }
        return .badCertificate(path: chain, reason: unreadable(chain) ?? "it is no certificate chain in PEM")
    }

    /// Why a file can't be read; nil where it can.
    private static func unreadable(_ path: String) -> String? {
        access(path, R_OK) == 0 ? nil : String(cString: strerror(errno))
    }
}
