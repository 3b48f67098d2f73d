/// Notices Ctrl-C while something has to be undone before the process ends.
package protocol Interrupts: Sendable {
    /// From now on Ctrl-C does not end the process; `wasRaised` tells of it.
    func begin()

    /// Whether Ctrl-C was pressed since `begin`.
    func wasRaised() -> Bool

    /// From now on Ctrl-C ends the process again.
    func end()
}
