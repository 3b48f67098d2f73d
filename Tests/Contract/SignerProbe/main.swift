import AWS
import Domain
import OpenSSL
import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// Signs what it is told on standard input, a JSON object a line, and prints the Authorization field of each: so that
// another implementation can be laid beside it.

struct Order: Decodable {
    let method: String
    let address: String
    let headers: [[String]]
    let body: String
    let service: String
    let region: String
    let accessKeyID: String
    let secret: String
    let token: String?
    let time: Int64
}

let cryptography = OpenSSLCryptography()
let signer = SignatureV4(digester: cryptography, authenticator: cryptography)
while let line = readLine() {
    let order = try JSONDecoder().decode(Order.self, from: Data(line.utf8))
    let headers = signer.headers(
        signing: order.method, order.address, headers: order.headers.map { HTTPHeader($0[0], $0[1]) },
        body: Array(order.body.utf8),
        SigningCredentials(
            accessKeyID: order.accessKeyID, secretAccessKey: Secret(order.secret),
            sessionToken: order.token.map(Secret.init)),
        SignatureV4.Scope(service: order.service, region: order.region), at: Timestamp(seconds: order.time))
    print(headers.first { $0.name == "Authorization" }?.value ?? "none")
}
