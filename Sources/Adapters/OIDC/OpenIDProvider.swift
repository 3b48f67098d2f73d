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

    /// When what was published before stands in for what is published now.
    package enum StandIn: Sendable {
        /// While the provider does not answer or says itself that it is out of order: a person is told of all else.
        case absence
        /// Whatever goes wrong, but for a provider that calls itself something else: a server answers others meanwhile.
        case trouble
    }

    /// The provider of this issuer for this client; nothing is asked of it yet.
    package init(
        issuer: Issuer, clientID: ClientID, http: any HTTPClient, time: any TimeSource, random: any RandomSource,
        documents: any ProviderDocumentCache, digester: any Digester, verifier: any SignatureVerifier,
        standIn: StandIn = .absence
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.time = time
        self.digester = digester
        self.verifier = verifier
        exchange = Exchange(http: http, time: time, random: random)
        published = PublishedDocuments(documents: documents, exchange: exchange, time: time, standIn: standIn)
    }
}
