/// Notices Ctrl-C while something has to be undone before the process ends.
package protocol Interrupts: Sendable {
    /// From now on Ctrl-C does not end the process; `wasRaised` tells of it. Once more before `end` it changes nothing.
    func begin()

    /// Whether Ctrl-C was pressed since `begin`: whoever is told so does what it asks for.
    func wasRaised() -> Bool

    /// From now on Ctrl-C ends the process again; at once where it was pressed and nobody was told.
    func end()
}
