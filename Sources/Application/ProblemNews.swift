import Locking

/// Tells what is new among the problems of one scan after another: what lasts is said once, until it changes or goes away.
package final class ProblemNews: Sendable {
    private let known = Guarded<Set<String>>([])

    /// Nothing was said yet.
    package init() {}

    /// Those of a scan's problems that the scan before did not have.
    package func news(of problems: [String]) -> [String] {
        known.with { known in
            defer { known = Set(problems) }
            return problems.filter { !known.contains($0) }
        }
    }
}
