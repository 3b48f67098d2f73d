import Locking
import Ports

/// The database that is read, open from one read to the next: opening one takes longer than all that is read.
///
/// It is asked at each read whether its file is still the one that has that name.
final class KeptDatabase: Sendable {
    private let kept = Guarded<TokenDatabase?>(nil)

    /// The open database, opened anew where its file is another one now; nil where there is none.
    func opened(in folder: any StoreFolder, _ name: String) throws(TokenStoreError) -> TokenDatabase? {
        try kept.with { kept throws(TokenStoreError) in
            guard try TokenDatabase.isThere(in: folder, name) else {
                kept = nil
                return nil
            }
            if let kept, kept.isCurrent { return kept }
            kept = nil
            let database = try TokenDatabase.openedForReading(in: folder, name)
            // One that is read as it stands sees nothing of what comes later.
            if let database, !database.isImmutable { kept = database }
            return database
        }
    }

    /// Closes it, as soon as nobody here reads it, for whoever must be the only one to have it open.
    func close() { kept.with { $0 = nil } }
}
