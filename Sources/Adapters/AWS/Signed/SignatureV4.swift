package import Domain
package import Ports

/// Signs requests to AWS (AWS Signature Version 4, "Create a signed AWS API request").
package struct SignatureV4: Sendable {
    private let digester: any Digester
    private let authenticator: any MessageAuthenticator

    /// A signer.
    package init(digester: any Digester, authenticator: any MessageAuthenticator) {
        self.digester = digester
        self.authenticator = authenticator
    }

    /// What a request is signed for.
    package struct Scope: Sendable, Hashable {
        /// The service's name in signatures, as in `iam`.
        package let service: String
        /// The region's name in signatures.
        package let region: String

        /// A scope.
        package init(service: String, region: String) {
            self.service = service
            self.region = region
        }
    }

    /// The request's fields, and those that sign it.
    ///
    /// - Parameters:
    ///   - method: the method as it is sent, in capitals.
    ///   - address: the address as it is sent, percent-encoded.
    ///   - headers: the fields that are sent besides; all are signed.
    package func headers(
        signing method: String, _ address: String, headers: [HTTPHeader], body: [UInt8],
        _ credentials: SigningCredentials, _ scope: Scope, at moment: Timestamp
    ) -> [HTTPHeader] {
        let time = moment.rfc3339.filter { $0 != "-" && $0 != ":" }
        let day = String(time.prefix(8))
        let bodyHash = hex(digester.digest(body, .sha256))

        var signed = headers + [HTTPHeader("X-Amz-Date", time)]
        if scope.service == "s3" { signed.append(HTTPHeader("X-Amz-Content-SHA256", bodyHash)) }
        if let token = credentials.sessionToken {
            signed.append(HTTPHeader("X-Amz-Security-Token", token.revealed))
        }
        let place = Place(address)
        let fields = (signed + [HTTPHeader("Host", place.host)])
            .map { (name: $0.name.lowercased(), value: Self.collapsed($0.value)) }.sorted { $0.name < $1.name }
        let names = fields.map(\.name).joined(separator: ";")
        let canonical = [
            method, scope.service == "s3" ? place.path : PercentEncoding.encode(place.path).keepingSlashes, place.query,
            fields.map { "\($0.name):\($0.value)\n" }.joined(), names, bodyHash,
        ].joined(separator: "\n")

        let scopeText = "\(day)/\(scope.region)/\(scope.service)/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", time, scopeText, hex(digester.digest(Array(canonical.utf8), .sha256)),
        ].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretAccessKey.revealed)".utf8)
        for part in [day, scope.region, scope.service, "aws4_request", text] {
            key = authenticator.hmacSHA256(Array(part.utf8), key: key)
        }
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scopeText), SignedHeaders=\(names), "
            + "Signature=\(hex(key))"
        return signed + [HTTPHeader("Authorization", authorization)]
    }

    /// The parts of an address that are signed.
    private struct Place {
        let host: String
        let path: String
        let query: String

        init(_ address: String) {
            let isSecure = address.lowercased().hasPrefix("https://")
            let rest = address.dropFirst(isSecure ? 8 : 7)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            let usual = isSecure ? ":443" : ":80"
            let authority = rest[..<end]
            host = String(authority.hasSuffix(usual) ? authority.dropLast(usual.utf8.count) : authority)
            let tail = rest[end...]
            let mark = tail.firstIndex(of: "?") ?? tail.endIndex
            path = tail[..<mark].isEmpty ? "/" : String(tail[..<mark])
            let pairs = tail[mark...].dropFirst().split(separator: "&").map { pair in
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(halves[0]), halves.count > 1 ? String(halves[1]) : "")
            }
            query = pairs.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        }
    }

    /// The value with each run of blanks as one.
    private static func collapsed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    private func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension String {
    /// An encoded path with its slashes as they were.
    fileprivate var keepingSlashes: String {
        split(separator: "%2F", omittingEmptySubsequences: false).joined(separator: "/")
    }
}
