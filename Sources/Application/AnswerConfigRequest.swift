package import Domain
package import Ports

/// Answers who may take which role, to the bearer of an id_token.
package struct AnswerConfigRequest: Sendable {
    private let tokens: VerifiedTokens
    private let directory: any PersonDirectory
    private let roles: ServedRoleMap

    /// Answers by these.
    package init(tokens: VerifiedTokens, directory: any PersonDirectory, roles: ServedRoleMap) {
        self.tokens = tokens
        self.directory = directory
        self.roles = roles
    }

    /// The person's part of the role map that is served now.
    package func answer(to credentials: BearerCredentials) async throws(ConfigRefusal) -> ConfigAnswer {
        let claims = try await claims(of: try Self.token(of: credentials))
        guard let snapshot = roles.snapshot else { throw .noRoleMap(subject: claims.subject) }
        do throws(PersonDirectoryError) {
            return Self.answer(claims, try await directory.clients(of: claims), snapshot)
        } catch {
            switch error {
            case .notThisPerson: throw .notThisPerson(subject: claims.subject, reason: "\(error)")
            case .notNow(_, let seconds):
                throw .noDirectory(subject: claims.subject, reason: "\(error)", retryAfter: seconds)
            case .unavailable, .refused:
                throw .noDirectory(
                    subject: claims.subject, reason: "\(error)", retryAfter: Int(CachedDirectory.pause))
            }
        }
    }

    /// The same where nobody has to be asked or waited for; nil where somebody has to be.
    package func answerAtHand(to credentials: BearerCredentials) throws(ConfigRefusal) -> ConfigAnswer? {
        guard let claims = tokens.claimsAtHand(of: try Self.token(of: credentials)), let snapshot = roles.snapshot,
            let found = directory.clientsAtHand(of: claims)
        else { return nil }
        return Self.answer(claims, found.clients, snapshot, isStandIn: found.isStandIn)
    }

    /// Counts an answer that was given by what was at hand.
    package func countAtHand(_ answer: ConfigAnswer) {
        tokens.countHit()
        directory.countAtHand(isStandIn: answer.isStandIn)
    }

    private static func answer(
        _ claims: IDTokenClaims, _ clients: Set<ClientID>, _ snapshot: RoleMapSnapshot, isStandIn: Bool = false
    ) -> ConfigAnswer {
        ConfigAnswer(
            subject: claims.subject ?? "", clients: snapshot.known(clients), snapshot: snapshot, isStandIn: isStandIn)
    }

    private static func token(of credentials: BearerCredentials) throws(ConfigRefusal) -> Secret {
        switch credentials {
        case .absent: throw .noToken
        case .malformed(let reason): throw .badToken(reason: reason)
        case .token(let token): return token
        }
    }

    private func claims(of token: Secret) async throws(ConfigRefusal) -> IDTokenClaims {
        do throws(IdentityProviderError) {
            return try await tokens.claims(of: token)
        } catch {
            if case .rejectedIDToken = error { throw .badToken(reason: error.finding) }
            throw .noProvider(reason: error.finding, retryAfter: await tokens.pauseLeft)
        }
    }
}

/// What one person is to be told.
package struct ConfigAnswer: Sendable {
    /// `sub` of the token.
    package let subject: String
    /// The person's clients, those that have no role left out.
    package let clients: Set<ClientID>
    /// The map that they are looked up in.
    package let snapshot: RoleMapSnapshot
    /// Whether an older answer of the directory stands in, that was at hand.
    let isStandIn: Bool

    /// The person's roles.
    package var roles: ConfigReply { snapshot.granted(to: clients) }
}

/// Why a person is told nothing.
package enum ConfigRefusal: Error, Sendable, Hashable {
    /// The request has no bearer token.
    case noToken
    /// Its token is not acceptable.
    case badToken(reason: String)
    /// The identity provider's keys are not at hand.
    case noProvider(reason: String, retryAfter: Int)
    /// There is no role map yet.
    case noRoleMap(subject: String?)
    /// The directory has no answer about the person: to ask again is of no use.
    case notThisPerson(subject: String?, reason: String)
    /// Nobody knows which clients the person has.
    case noDirectory(subject: String?, reason: String, retryAfter: Int)
}

extension ConfigRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noToken: "there is no bearer token"
        case .badToken(let reason), .noProvider(let reason, _), .noDirectory(_, let reason, _),
            .notThisPerson(_, let reason):
            reason
        case .noRoleMap: "there is no role map to serve yet"
        }
    }

    /// In how many seconds it is worth while to ask again; nil where it takes another token, or person.
    package var retryAfter: Int? {
        switch self {
        case .noToken, .badToken, .notThisPerson: nil
        case .noProvider(_, let seconds), .noDirectory(_, _, let seconds): seconds
        case .noRoleMap: 10
        }
    }

    /// Who asked, where that is known.
    package var subject: String? {
        switch self {
        case .noRoleMap(let subject), .noDirectory(let subject, _, _), .notThisPerson(let subject, _): subject
        case .noToken, .badToken, .noProvider: nil
        }
    }
}
