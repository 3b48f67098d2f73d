import Domain
import Locking
import Ports

/// What providers publish, for as long as this process lives.
final class MemoryProviderDocuments: ProviderDocumentCache {
    private let documents = Guarded(BoundedCache<String, ProviderDocument>(capacity: 64))

    func document(at address: String) -> ProviderDocument? { documents.with { $0.value(address) } }

    func keep(_ document: ProviderDocument) { documents.with { $0.put(document, document.address) } }
}
