/// Whether something holds, as far as it can be judged from outside.
enum Certainty: Sendable, Hashable {
    case yes
    case no
    /// It can't be judged, and why.
    case maybe(String)

    init(_ holds: Bool) { self = holds ? .yes : .no }

    /// Whether both hold.
    static func && (one: Certainty, other: @autoclosure () -> Certainty) -> Certainty {
        switch one {
        case .no: return .no
        case .yes: return other()
        case .maybe:
            if case .no = other() { return .no }
            return one
        }
    }

    /// Whether one of both holds.
    static func || (one: Certainty, other: @autoclosure () -> Certainty) -> Certainty {
        switch one {
        case .yes: return .yes
        case .no: return other()
        case .maybe:
            if case .yes = other() { return .yes }
            return one
        }
    }

    /// The opposite.
    static prefix func ! (certainty: Certainty) -> Certainty {
        switch certainty {
        case .yes: .no
        case .no: .yes
        case .maybe: certainty
        }
    }
}
