/// Speaks to the person, if there is one.
package protocol Notices: Sendable {
    /// A line for the person: what happens now, or what to do. To the terminal, else to standard error.
    func tell(_ line: String)

    /// A line for whoever reads standard error: something is not as it should be, but work goes on.
    func warn(_ line: String)

    /// That somebody is waited for who does that: whenever it is something else than before.
    func waits(for purpose: ProductionPurpose)
}

extension Notices {
    package func waits(for purpose: ProductionPurpose) {}
}

/// Remembers what was said in a process that nobody hears.
package protocol Remarks: Sendable {
    /// The warnings so far.
    func all() -> [String]
}
