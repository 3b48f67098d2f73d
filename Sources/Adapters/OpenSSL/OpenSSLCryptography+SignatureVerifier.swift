package import Domain
package import Ports

extension OpenSSLCryptography: SignatureVerifier {
    package func isValid(_ signature: [UInt8], of message: [UInt8], key: JSONWebKey, algorithm: JWSAlgorithm)
        throws(UnusableKey) -> Bool
    {
        guard key.fits(algorithm) else {
            throw UnusableKey(reason: "it is of another kind than \(algorithm.rawValue) needs")
        }
        let publicKey = try PublicKey(key.parameters)
        guard let context = SignatureContext(publicKey.handle, algorithm, signs: false) else {
            throw UnusableKey(reason: "it can't be used with \(algorithm.rawValue)")
        }
        guard case .ellipticCurve(let curve, _, _) = key.parameters else { return context.isValid(signature, message) }
        guard let encoded = ECDSASignature.encoded(signature, curve) else { return false }
        return context.isValid(encoded, message)
    }
}
