package import Domain
package import Ports

/// The records of one key in one store, as a production needs them: what is different from store to store.
package protocol TokenRecords: Sendable {
    /// What a look at the store shows.
    associatedtype Look: TokenLook
    /// What one publishing needs, and has set aside.
    associatedtype Reservation: Sendable

    /// Looks at the store.
    func look() throws(TokenStoreError) -> Look

    /// What a store gives away of a look.
    func stored(_ look: Look) -> StoredTokens?

    /// Puts in order what those before have left, under the right; gives a word for the person where something was lost by it.
    func tidy() throws(TokenStoreError) -> String?

    /// Makes sure that a checkpoint and what follows it can be stored; the last one goes first.
    func reserve() throws(TokenStoreError) -> [Reservation]

    /// Replaces the record, if nothing else was published since `look`; gives the look at what is there then.
    func publish(_ tokens: TokenSet, after look: Look, isCheckpoint: Bool, into reserved: Reservation?)
        throws(TokenStoreError) -> (published: Bool, look: Look)

    /// Remembers that the provider has refused this refresh token.
    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError)
}

/// What a look at a store shows.
package protocol TokenLook: Sendable {
    /// The tokens; nil where there are none, or none that can be decoded.
    var tokens: TokenSet? { get }
    /// The number of the last record or removal; 0 before the first.
    var generation: UInt64 { get }
    /// Whether the last thing that was done was a removal.
    var isRemoved: Bool { get }
    /// Whether its record came out of a production of ours, and is more than a rotated refresh token.
    var isProduced: Bool { get }
}
