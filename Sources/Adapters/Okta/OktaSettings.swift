package import Domain
package import Ports

/// The Okta org that is asked, and as whom.
package struct OktaSettings: Sendable {
    /// The org's address: scheme and host, without a slash at the end.
    package let org: String
    /// The service app, which signs its requests for tokens with a key of its own.
    package let clientID: ClientID
    /// That key: RSA.
    package let signer: any TokenSigner
    /// The key's name at Okta; nil where it is not told, and Okta tries each that the app has.
    package let keyID: String?

    /// The org whose host stands in an issuer of it.
    package init(issuer: Issuer, clientID: ClientID, signer: any TokenSigner, keyID: String?) {
        org = String(issuer.text[..<issuer.startOfPath])
        self.clientID = clientID
        self.signer = signer
        self.keyID = keyID
    }
}
