/// Who may assume a role: its trust policy, decoded (IAM JSON policy reference).
package struct TrustPolicy: Sendable, Hashable {
    /// Whether a statement allows or denies.
    package enum Effect: String, Sendable, Hashable {
        case allow = "Allow"
        case deny = "Deny"
    }

    /// Whom a statement is about.
    package enum Principal: Sendable, Hashable {
        /// `"*"`.
        case everyone
        /// The members of `Principal`, by their kind: `AWS`, `Federated`, `Service`, `CanonicalUser`.
        case listed([String: [String]])
        /// `NotPrincipal`: everyone but some.
        case everyoneBut
    }

    /// What a statement is about: actions that may have `*` and `?` in them.
    package enum Actions: Sendable, Hashable {
        case listed([String])
        /// `NotAction`: everything but these.
        case allBut([String])
    }

    /// A part of `Condition`: one key under one operator.
    package struct Condition: Sendable, Hashable {
        /// The operator as written, as in `ForAnyValue:StringLikeIfExists`.
        package let comparison: String
        /// The key as written, as in `login.example.com:aud`.
        package let key: String
        /// The values, of which one must fit.
        package let values: [String]

        /// A condition.
        package init(_ comparison: String, _ key: String, _ values: [String]) {
            self.comparison = comparison
            self.key = key
            self.values = values
        }
    }

    /// One statement.
    package struct Statement: Sendable, Hashable {
        /// Allow or deny.
        package let effect: Effect
        /// Whom it is about.
        package let principal: Principal
        /// What it is about.
        package let actions: Actions
        /// All of which must hold.
        package let conditions: [Condition]
        /// Elements that this program does not know, so that it can't judge the statement.
        package let unknownElements: [String]

        /// A statement.
        package init(
            _ effect: Effect, _ principal: Principal, _ actions: Actions, conditions: [Condition] = [],
            unknownElements: [String] = []
        ) {
            self.effect = effect
            self.principal = principal
            self.actions = actions
            self.conditions = conditions
            self.unknownElements = unknownElements
        }
    }

    /// Whether `${…}` in a value is a variable: so it is in the version 2012-10-17.
    package let hasVariables: Bool
    /// The statements, in no order that would matter.
    package let statements: [Statement]

    /// A policy.
    package init(hasVariables: Bool = true, _ statements: [Statement]) {
        self.hasVariables = hasVariables
        self.statements = statements
    }
}

/// A trust policy that can't be read.
package struct MalformedPolicy: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it, in words that follow "its trust policy ".
    package let reason: String

    /// A malformed policy.
    package init(_ reason: String) { self.reason = reason }

    package var description: String { "the trust policy \(reason)" }
}
