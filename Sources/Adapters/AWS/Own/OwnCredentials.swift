import Domain
package import Ports

/// The credentials of this process itself, found as the AWS SDKs find them, and kept until shortly before they end.
///
/// The environment, a web identity (EKS), the shared files, the container's endpoint (ECS, EKS Pod Identity), the
/// host's metadata service (EC2): the first that has some (AWS SDKs and Tools Reference Guide, "Credential provider chain").
package actor OwnCredentials {
    private let sources: CredentialSources
    private let time: any TimeSource
    private var kept: SigningCredentials?
    private var pending: Task<Result<SigningCredentials, SignedCallError>, Never>?

    /// Before that uptime nobody is asked anew, since that has just failed and what is kept is still good.
    private var quietUntil = 0.0

    /// Seconds before their end when credentials are looked for anew.
    private static let margin: Int64 = 300
    /// Seconds between two attempts while what is kept is still good.
    private static let pause = 10.0

    /// The credentials that these settings lead to.
    ///
    /// - Parameters:
    ///   - variable: the environment's variables, an empty one as none.
    ///   - home: the home of the user, for `~/.aws`.
    package init(
        http: any HTTPClient, time: any TimeSource, random: any RandomSource, signer: SignatureV4,
        variable: @escaping @Sendable (String) -> String?, home: String?
    ) {
        self.time = time
        sources = CredentialSources(
            means: SignedCaller.Means(
                http: http, time: time, random: random, signer: signer, variable: variable, retries: 3),
            home: home)
    }

    /// Credentials that live for some minutes; where none can be had just now, those that live still.
    ///
    /// Whoever is cancelled does not wait on.
    package func current() async throws(SignedCallError) -> SigningCredentials {
        while true {
            if let kept, left(kept) > Self.margin || (left(kept) > 0 && time.uptime() < quietUntil) { return kept }
            let task = pending ?? search()
            pending = task
            let result = await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
            if pending == task { pending = nil }
            switch result {
            case .success(let found):
                kept = found
                return found
            case .failure(let error):
                // Somebody else did not want to wait on, but we do.
                if task.isCancelled, !Task.isCancelled { continue }
                guard let kept, left(kept) > 0 else { throw error }
                quietUntil = time.uptime() + Self.pause
                return kept
            }
        }
    }

    private func search() -> Task<Result<SigningCredentials, SignedCallError>, Never> {
        let sources = sources
        return Task {
            do throws(SignedCallError) { return .success(try await sources.find()) } catch {
                return .failure(error)
            }
        }
    }

    /// Seconds that credentials live still.
    private func left(_ credentials: SigningCredentials) -> Int64 {
        credentials.expiry.map { $0.since(time.now()) } ?? .max
    }
}
