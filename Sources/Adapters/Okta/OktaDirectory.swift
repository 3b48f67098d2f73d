package import Domain
package import Ports

/// The apps that a person has in an Okta org: an app's id is the client id that roles are granted to.
package actor OktaDirectory: PersonDirectory {
    /// Seconds for one request; somebody waits for it, and perhaps for another one after it.
    static let timeout: Double = 5
    /// Pages of a person's list, 200 apps each.
    private static let pages = 50

    private let settings: OktaSettings
    private let http: any HTTPClient
    private let time: any TimeSource
    private let proofs: ProofOfPossession
    private let access: OktaAccess
    private let limit: RateLimit

    /// A directory that asks that org.
    ///
    /// - Parameter proofKey: a fresh key of P-256, for orgs that demand proof of possession.
    package init(
        settings: OktaSettings, proofKey: any TokenSigner, http: any HTTPClient, time: any TimeSource,
        random: any RandomSource, digester: any Digester
    ) {
        self.settings = settings
        self.http = http
        self.time = time
        proofs = ProofOfPossession(signer: proofKey, random: random, digester: digester, time: time)
        limit = RateLimit(of: settings.org, time: time)
        access = OktaAccess(
            settings: settings, http: http, time: time, random: random, proofs: proofs, limit: limit)
    }

    /// How many requests went to Okta, those for tokens of our own among them.
    package var requests: Int { get async { await limit.requests } }

    package func clients(of claims: IDTokenClaims) async throws(PersonDirectoryError) -> Set<ClientID> {
        let subject = claims.subject ?? ""
        // It goes into a filter expression, which has quotes.
        guard (1...255).contains(subject.utf8.count),
            subject.utf8.allSatisfy({
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            })
        else { throw .notThisPerson(reason: "the subject \"\(PrintableText.line(subject))\" is none of Okta's") }

        var clients: Set<ClientID> = []
        let filter = PercentEncoding.encode("user.id eq \"\(subject)\"")
        var next: String? = "\(settings.org)/api/v1/apps?filter=\(filter)&limit=200"
        for _ in 1...Self.pages {
            guard let address = next else { return clients }
            let answer = try await page(address)
            guard let apps = try? OktaJSON.decode([OktaApp].self, answer.body) else {
                throw .unavailable(reason: "\(settings.org) answered no list of apps")
            }
            for app in apps where app.status == nil || app.status == "ACTIVE" {
                if let client = try? ClientID(app.id) { clients.insert(client) }
            }
            next = LinkField.next(in: answer.headers.filter { $0.name.lowercased() == "link" }.map(\.value))
            // The token must not go anywhere else.
            if let next, !next.hasPrefix(settings.org + "/") {
                throw .unavailable(reason: "\(settings.org) names a next page that is not its own")
            }
        }
        guard next == nil else {
            throw .notThisPerson(reason: "\(settings.org) lists more than \(Self.pages * 200) apps of one person")
        }
        return clients
    }

    /// One page: asked again once with a fresh token, once with a nonce, and once after an error that passes.
    private func page(_ address: String) async throws(PersonDirectoryError) -> HTTPResponse {
        var token = try await access.token()
        var nonce: String?
        var isFresh = false
        var hasFailed = false
        while true {
            try await limit.observe()
            let answer: HTTPResponse
            do throws(PersonDirectoryError) {
                answer = try await ask(address, token, nonce: nonce)
            } catch {
                guard !hasFailed else { throw error }
                hasFailed = true
                continue
            }
            await limit.note(answer)
            if answer.status == 200 { return answer }
            if answer.status == 401, let given = answer[header: "DPoP-Nonce"], nonce == nil {
                nonce = given
            } else if answer.status == 401, !isFresh {
                isFresh = true
                token = try await access.token(insteadOf: token)
            } else if answer.status == 429 || answer.status >= 500, !hasFailed {
                hasFailed = true
            } else if answer.status == 404 || answer.status == 400, OktaRefusal.read(answer.body).isAboutPerson {
                let said = OktaRefusal.read(answer.body).sentence
                throw .notThisPerson(reason: "\(settings.org) answered \(answer.status) (\(said))")
            } else {
                throw OktaFailure.error(answer, at: settings.org, time)
            }
        }
    }

    private func ask(_ address: String, _ token: OktaAccess.Token, nonce: String?)
        async throws(PersonDirectoryError) -> HTTPResponse
    {
        var headers = [
            HTTPHeader("Accept", "application/json"),
            HTTPHeader("Authorization", "\(token.isBound ? "DPoP" : "Bearer") \(token.text.revealed)"),
        ]
        if token.isBound {
            let proofs = proofs
            let proof = try OktaFailure.signing { () throws(UnusableKey) in
                try proofs.proof(method: "GET", address: address, nonce: nonce, accessToken: token.text)
            }
            headers.append(HTTPHeader("DPoP", proof))
        }
        let http = http
        let request = HTTPRequest(.get, address, headers: headers, timeout: Self.timeout, bodyLimit: 16 << 20)
        return try await OktaFailure.answering { () async throws(HTTPFailure) in try await http.send(request) }
    }
}
