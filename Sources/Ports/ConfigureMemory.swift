package import Domain

/// Keeps what `configure` was told, for the next time.
package protocol ConfigureMemory: Sendable {
    /// What was told the last time; nothing where nobody knows.
    func recall() -> RememberedConfiguration

    /// Remembers it; gives why it could not, nil where it did.
    func remember(_ configuration: RememberedConfiguration) -> String?
}
