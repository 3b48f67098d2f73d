/// What is known of a token that would assume a role, and of the request that brings it.
///
/// Not whose it is: a role map says what clients may take, whoever the person.
package struct WebIdentity: Sendable, Hashable {
    /// The issuer.
    package let provider: FederatedProvider
    /// The client that the token is for: IAM's `aud`, which is the token's azp where it has one.
    package let clientID: ClientID
    /// The partition of the role.
    package let partition: Partition
    /// The account of the role.
    package let accountID: String

    /// A token of that issuer for that client, and a role in that account.
    package init(
        provider: FederatedProvider, clientID: ClientID, partition: Partition, accountID: String
    ) {
        self.provider = provider
        self.clientID = clientID
        self.partition = partition
        self.accountID = accountID
    }

    /// What is known of the value of a condition key.
    enum Value: Sendable, Hashable {
        case known(String)
        /// It is there, but nobody knows what it is.
        case some
        /// Nobody knows whether it is there.
        case perhaps
        case absent
    }

    /// What is known of the value of a key (IAM, "Available keys for AWS web identity federation").
    func value(ofKey key: String) -> Value {
        if let claim = provider.claim(ofKey: key) {
            switch claim {
            case "aud": return .known(clientID.text)
            case "sub": return .some
            default: return .perhaps
            }
        }
        let lowered = key.lowercased()
        // Keys of the request itself may be there; what another provider's token would say is not.
        if lowered.hasPrefix("aws:") || lowered.hasPrefix("sts:") || lowered.hasPrefix("saml:") { return .perhaps }
        return lowered.contains(".") && lowered.contains(":") ? .absent : .perhaps
    }
}
