package import Domain
package import Ports

/// One sign-in on another device: the person enters a code there, and the provider is asked until they have (RFC 8628).
package struct DeviceSignIn: SignInFlow {
    private let exchange: SignInExchange
    /// How long it waits for the person, in seconds; the code may be good for less.
    private let timeout: Double

    private var provider: any IdentityProvider { exchange.provider }
    private var time: any TimeSource { exchange.time }

    package var longest: Double { timeout + SignInExchange.longest }

    /// A sign-in at that provider; `timeout` is how long it waits for the person, in seconds.
    package init(
        key: TokenKey, provider: any IdentityProvider, verifier: any IDTokenVerifier, time: any TimeSource,
        log: any Log, timeout: Double
    ) {
        exchange = SignInExchange(key: key, provider: provider, verifier: verifier, time: time, log: log)
        self.timeout = timeout
    }

    package func callAsFunction(report: @Sendable (SignInProgress.Stage) -> Void) async throws(SignInProblem)
        -> TokenSet
    {
        _ = try await exchange.prepare()
        let authorization = try await exchange.asking { () async throws(IdentityProviderError) in
            try await provider.authorizeDevice(by: exchange.deadline)
        }
        let life = min(Double(authorization.life), timeout)
        let end = time.uptime() + life
        report(
            .waiting(
                SignInPrompt(
                    address: authorization.address, way: .device(userCode: authorization.userCode, deadline: end))))
        let grant = try await grant(authorization, until: end, life)
        return try await exchange.tokens(of: grant, nonce: nil)
    }

    private func grant(_ authorization: DeviceAuthorization, until end: Double, _ life: Double)
        async throws(SignInProblem) -> TokenGrant
    {
        var polling = DevicePolling(interval: authorization.interval)
        while true {
            await time.sleep(seconds: min(Double(polling.interval), max(0, end - time.uptime())))
            if Task.isCancelled { throw .interrupted }
            guard time.uptime() < end else { throw .codeNotEntered(seconds: Int(life)) }
            do throws(IdentityProviderError) {
                return try await provider.redeem(deviceCode: authorization.deviceCode, by: exchange.deadline)
            } catch {
                switch error {
                case .http(.cancelled): throw .interrupted
                // Nobody answered this time; the person may be at it all the same.
                case .http(.timedOut), .http(.unreachable), .outOfOrder:
                    exchange.log.write(.warning, "question lost", ["reason": "\(error)"])
                    polling.nobodyAnswered()
                case .refused(let code, let explanation):
                    switch polling.next(after: code) {
                    case .askAgain: break
                    case .denied: throw .denied(error: code, explanation: explanation)
                    case .expired: throw .codeNotEntered(seconds: Int(life))
                    case .fail: throw .provider(error)
                    }
                default: throw .provider(error)
                }
            }
        }
    }
}
