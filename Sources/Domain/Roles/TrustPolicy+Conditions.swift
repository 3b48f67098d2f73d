extension TrustPolicy.Condition {
    /// An operator, taken apart (IAM JSON policy elements: Condition operators).
    struct Operator: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case equals(ignoresCase: Bool)
            case like
            /// Whether the key is absent.
            case null
            /// One that compares what this program does not know: numbers, dates, addresses, ARNs.
            case other(String)
        }

        enum Quantifier: Sendable, Hashable {
            case anyValue
            case allValues
        }

        let kind: Kind
        let isNegated: Bool
        let mayBeAbsent: Bool
        let quantifier: Quantifier?

        /// Takes an operator apart; operators are the same in any case.
        init(_ text: String) {
            var rest = text.lowercased()[...]
            if rest.hasPrefix("foranyvalue:") {
                (quantifier, rest) = (.anyValue, rest.dropFirst(12))
            } else if rest.hasPrefix("forallvalues:") {
                (quantifier, rest) = (.allValues, rest.dropFirst(13))
            } else {
                quantifier = nil
            }
            mayBeAbsent = rest.hasSuffix("ifexists")
            if mayBeAbsent { rest = rest.dropLast(8) }
            switch rest {
            case "stringequals": (kind, isNegated) = (.equals(ignoresCase: false), false)
            case "stringnotequals": (kind, isNegated) = (.equals(ignoresCase: false), true)
            case "stringequalsignorecase": (kind, isNegated) = (.equals(ignoresCase: true), false)
            case "stringnotequalsignorecase": (kind, isNegated) = (.equals(ignoresCase: true), true)
            case "stringlike": (kind, isNegated) = (.like, false)
            case "stringnotlike": (kind, isNegated) = (.like, true)
            case "null": (kind, isNegated) = (.null, false)
            default: (kind, isNegated) = (.other(text), rest.contains("not"))
            }
        }

        /// What an absent key makes of the condition.
        var holdsForAbsentKey: Bool {
            if mayBeAbsent { return true }
            switch quantifier {
            case .allValues: return true
            case .anyValue: return false
            case nil: return isNegated
            }
        }
    }

    /// Whether the condition holds for a token.
    func holds(for identity: WebIdentity, hasVariables: Bool) -> Certainty {
        let comparison = Operator(self.comparison)
        let value = identity.value(ofKey: key)
        if comparison.kind == .null { return isNull(value) }
        switch value {
        case .absent:
            return Certainty(comparison.holdsForAbsentKey)
        case .known(let text):
            return compared(comparison, text, hasVariables)
        case .some:
            return ofUnknown(comparison)
        case .perhaps:
            let ifThere = ofUnknown(comparison)
            return ifThere == Certainty(comparison.holdsForAbsentKey) ? ifThere : unjudged
        }
    }

    private var unjudged: Certainty { .maybe("it depends on \(key) (\(comparison))") }

    private func isNull(_ value: WebIdentity.Value) -> Certainty {
        guard values.allSatisfy({ ["true", "false"].contains($0.lowercased()) }) else { return unjudged }
        let wantsAbsent = Set(values.map { $0.lowercased() == "true" })
        switch value {
        case .perhaps: return wantsAbsent.count == 2 ? .yes : unjudged
        case .absent: return Certainty(wantsAbsent.contains(true))
        case .known, .some: return Certainty(wantsAbsent.contains(false))
        }
    }

    /// Of a value that is there and not known: only a pattern that takes everything decides.
    private func ofUnknown(_ comparison: Operator) -> Certainty {
        guard case .like = comparison.kind, values.contains(where: { !$0.isEmpty && $0.allSatisfy { $0 == "*" } })
        else {
            return unjudged
        }
        return Certainty(!comparison.isNegated)
    }

    private func compared(_ comparison: Operator, _ text: String, _ hasVariables: Bool) -> Certainty {
        // A negated operator of a kind that is not known here is not known either way.
        if case .other = comparison.kind { return unjudged }
        var fits = Certainty.no
        for value in values {
            fits = fits || (hasVariables && value.contains("${") ? unjudged : fit(comparison, value, text))
        }
        return comparison.isNegated ? !fits : fits
    }

    private func fit(_ comparison: Operator, _ value: String, _ text: String) -> Certainty {
        switch comparison.kind {
        case .equals(let ignoresCase):
            // By scalar: Swift's own equality takes two spellings of one accent for the same.
            let (one, other) = ignoresCase ? (value.lowercased(), text.lowercased()) : (value, text)
            return Certainty(one.unicodeScalars.elementsEqual(other.unicodeScalars))
        case .like: return Certainty(PolicyPattern.matches(value, text))
        case .null, .other: return unjudged
        }
    }
}
