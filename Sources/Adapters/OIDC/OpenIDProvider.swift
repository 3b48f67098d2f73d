package import Domain
package import Ports

/// An identity provider that speaks OpenID Connect, as a public client sees it over HTTP.
///
/// What it publishes (discovery document, keys) is kept in a `ProviderDocumentCache`; nothing else is remembered, so
/// that a copy is as good as the original.
package struct OpenIDProvider: Sendable {
    let issuer: Issuer
    let clientID: ClientID
    let time: any TimeSource
    let digester: any Digester
    let verifier: any SignatureVerifier
    let exchange: Exchange
    let published: PublishedDocuments

    /// The provider of this issuer for this client; nothing is asked of it yet.
    package init(
        issuer: Issuer, clientID: ClientID, http: any HTTPClient, time: any TimeSource, random: any RandomSource,
        documents: any ProviderDocumentCache, digester: any Digester, verifier: any SignatureVerifier
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.time = time
        self.digester = digester
        self.verifier = verifier
        exchange = Exchange(http: http, time: time, random: random)
        published = PublishedDocuments(documents: documents, exchange: exchange, time: time)
    }
}
