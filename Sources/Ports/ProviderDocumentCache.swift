package import Domain

/// Keeps what an identity provider publishes (discovery documents, key sets) for all processes of this host.
package protocol ProviderDocumentCache: Sendable {
    /// The document kept under that address; nil where there is none that can be read.
    func document(at address: String) -> ProviderDocument?

    /// Keeps a document. It may fail without a word: the next process fetches again.
    func keep(_ document: ProviderDocument)
}

/// A published document, as it was fetched.
package struct ProviderDocument: Sendable, Hashable {
    /// The address that it was fetched from.
    package let address: String
    /// The body.
    package let body: [UInt8]
    /// When it was fetched.
    package let fetchedAt: Timestamp
    /// Until when it may be used without asking again.
    package let freshUntil: Timestamp

    /// A document.
    package init(address: String, body: [UInt8], fetchedAt: Timestamp, freshUntil: Timestamp) {
        self.address = address
        self.body = body
        self.fetchedAt = fetchedAt
        self.freshUntil = freshUntil
    }
}
