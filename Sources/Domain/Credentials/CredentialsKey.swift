/// Which credentials a cached record holds: everything that a caller asked for and that STS's answer depends on.
///
/// Two callers share a record only where every field is equal to the letter. What is derived from the person (a session
/// name that nobody asked for) is no part of it.
package struct CredentialsKey: Sendable, Hashable {
    /// The issuer as given.
    package let issuer: String
    /// The client id as given.
    package let clientID: String
    /// The role ARN as given.
    package let roleARN: String
    /// How long the credentials shall live, in seconds.
    package let duration: Int64
    /// The variables that redirect STS, so that a stand-in's credentials are never taken for real ones.
    package let endpoints: EndpointVariables

    /// The key of these parameters.
    package init(issuer: String, clientID: String, roleARN: String, duration: Int64, endpoints: EndpointVariables) {
        self.issuer = issuer
        self.clientID = clientID
        self.roleARN = roleARN
        self.duration = duration
        self.endpoints = endpoints
    }

    /// The whole key as one word of printable ASCII; equal texts are equal keys.
    ///
    /// The empty fields are the session name, the policies and the role chain, which nobody can ask for yet.
    package var text: String {
        [
            issuer, clientID, roleARN, String(duration), "", "", "", endpoints.stsEndpoint, endpoints.endpoint,
            endpoints.ignoreConfigured,
        ].map(HeaderWord.escape).joined(separator: "|")
    }

    /// The record's file name: a hash that needs no library.
    ///
    /// A collision is only a miss, since the header holds the whole key.
    package var fileName: String { "credentials-" + FNV1a.hexadecimal(text) }
}

/// The variables by which a user points AWS clients at another STS.
package struct EndpointVariables: Sendable, Hashable {
    /// `AWS_ENDPOINT_URL_STS`, empty where unset.
    package let stsEndpoint: String
    /// `AWS_ENDPOINT_URL`, empty where unset.
    package let endpoint: String
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`, empty where unset.
    package let ignoreConfigured: String

    /// Takes them from an environment.
    package init(_ variable: (String) -> String?) {
        stsEndpoint = variable("AWS_ENDPOINT_URL_STS") ?? ""
        endpoint = variable("AWS_ENDPOINT_URL") ?? ""
        ignoreConfigured = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ?? ""
    }
}
