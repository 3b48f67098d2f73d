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

    /// Seconds before their end when credentials are looked for anew.
    private static let margin: Int64 = 300

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

    /// Credentials that live for some minutes at least.
    package func current() async throws(SignedCallError) -> SigningCredentials {
        if let kept, isFresh(kept) { return kept }
        let task: Task<Result<SigningCredentials, SignedCallError>, Never>
        if let pending {
            task = pending
        } else {
            let sources = sources
            task = Task {
                do throws(SignedCallError) { return .success(try await sources.find()) } catch {
                    return .failure(error)
                }
            }
            pending = task
        }
        let result = await task.value
        pending = nil
        if case .success(let found) = result { kept = found }
        return try result.get()
    }

    private func isFresh(_ credentials: SigningCredentials) -> Bool {
        credentials.expiry.map { $0.since(time.now()) > Self.margin } ?? true
    }
}
