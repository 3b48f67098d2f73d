package import Application
package import Domain
package import Ports

/// What the config service answers from.
package struct WebService: Sendable {
    /// Answers the bearer of a token.
    let answer: AnswerConfigRequest
    /// The role map that is served.
    let roles: ServedRoleMap
    /// The issuer that answers name.
    let issuer: Issuer
    /// What is counted.
    let metrics: ServiceMetrics
    /// The clocks.
    let time: any TimeSource
    /// Takes a line of the access log.
    let access: @Sendable ([UInt8]) -> Void

    /// A service of these.
    package init(
        answer: AnswerConfigRequest, roles: ServedRoleMap, issuer: Issuer,
        metrics: ServiceMetrics, time: any TimeSource, access: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.answer = answer
        self.roles = roles
        self.issuer = issuer
        self.metrics = metrics
        self.time = time
        self.access = access
    }
}
