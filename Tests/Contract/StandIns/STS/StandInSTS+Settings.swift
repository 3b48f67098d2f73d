extension StandInSTS {
    /// What the service trusts and how it behaves.
    package struct Settings: StandInSettings, Sendable, Hashable, Codable {
        /// The port to listen on at the start; 0 for one that the system chooses.
        package var port: UInt16 = 0
        /// Issuers that are trusted besides the provider that it was started with.
        package var trustedIssuers: [String] = []
        /// Audiences that are registered besides that provider's client ids.
        package var audiences: [String] = []
        /// The roles that may be taken; nil for every role there could be.
        package var roles: [String]?
        /// The longest session of every role, in seconds.
        package var maximumDuration: Int64 = 43_200
        /// The life of credentials in seconds; nil for the duration that is asked for.
        package var credentialsLife: Int64?
        /// Whether the signature of a token is checked, where the provider is known.
        package var checksSignatures = true
        /// Seconds by which the service's clock is ahead, in the Date header and in all that it gives.
        package var clockOffset: Int64 = 0
        /// What goes wrong, by endpoint: `.assumeRole`, `.callerIdentity`, `.other`.
        package var faults: [RequestLog.Endpoint: [Fault]] = [:]

        /// A service that keeps every rule.
        package init() {}
    }
}
