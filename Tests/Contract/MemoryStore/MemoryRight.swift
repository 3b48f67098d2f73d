import Domain
import Locking
import Ports

/// A key's right among the tasks of one process.
struct MemoryRight: ProductionRight {
    /// Who has it, once that is written down.
    struct Holder: Sendable {
        var note: RightHolder?
    }

    let key: String
    let holders: Guarded<[String: Holder]>

    func take() -> ProductionRightOutcome {
        holders.with { holders in
            if let holder = holders[key] { return .busy(holder.note) }
            holders[key] = Holder()
            return .held(Held(right: self))
        }
    }

    private struct Held: HeldRight {
        let right: MemoryRight

        func note(_ purpose: ProductionPurpose, since: Timestamp) {
            right.holders.with {
                $0[right.key]?.note = RightHolder(host: "host", processID: 1, purpose: purpose, since: since)
            }
        }

        func end() { right.holders.with { $0[right.key] = nil } }
    }
}
