package import Domain
import OpenSSL

extension StandInIdentityProvider {
    /// Okta's own interface, as far as the config service uses it.
    package struct Okta: Sendable, Hashable, Codable {
        /// The service app's id.
        package var serviceClientID = "0oaservice"
        /// The modulus of its public key (exponent 65537), in base64url; nil for signatures that nobody checks.
        package var modulus: String?
        /// The apps of each person, by subject.
        package var apps: [String: [String]] = [:]
        /// Apps that are turned off, for everybody.
        package var inactiveApps: [String] = []
        /// Apps on a page, whatever is asked for.
        package var pageSize = 200
        /// Whether tokens must be bound to a key.
        package var demandsProof = false
        /// `X-Rate-Limit-Remaining` of the answers.
        package var remaining: Int?
        /// Seconds from now until the limit's window ends.
        package var resetIn: Int64 = 60
        /// Where the next page is said to be, if not where it is.
        package var strayPage: String?

        /// An org whose app has that public key.
        package init(key: JSONWebKey.Parameters? = nil, apps: [String: [String]] = [:]) {
            if case .rsa(let modulus, _)? = key { self.modulus = Base64URL.encode(modulus) }
            self.apps = apps
        }
    }

    static let boundNonce = "a-nonce-of-the-org"

    /// Client credentials with a private-key JWT; with a proof of possession where that is demanded.
    func serviceToken(_ request: StandInRequest) -> StandInAnswer {
        guard let okta = settings.okta, request.method == "POST", let form = request.form else { return .wrongMethod }
        guard form["grant_type"] == "client_credentials", form["scope"] == "okta.apps.read",
            form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            let assertion = form["client_assertion"]
        else { return refusing("invalid_request") }
        guard isGood(assertion, okta) else { return refusing("invalid_client", status: 401) }
        guard okta.demandsProof else { return token("Bearer", okta) }
        guard let proof = request.headers["dpop"] else { return refusing("invalid_dpop_proof") }
        guard proofClaims(proof, method: "POST", path: "/oauth2/v1/token")?["nonce"]?.text == Self.boundNonce else {
            var answer = refusing("use_dpop_nonce")
            answer.headers.append(("DPoP-Nonce", Self.boundNonce))
            return answer
        }
        return token("DPoP", okta)
    }

    /// The apps of a person, page by page.
    func apps(_ request: StandInRequest) -> StandInAnswer {
        guard let okta = settings.okta, request.method == "GET" else { return .wrongMethod }
        let scheme = okta.demandsProof ? "DPoP" : "Bearer"
        guard request.headers["authorization"] == "\(scheme) \(Self.serviceTokenText)" else {
            return .text(
                "{\"errorCode\":\"E0000011\",\"errorSummary\":\"Invalid token provided\"}", status: 401, outcome: "401")
        }
        if okta.demandsProof {
            let hash = Base64URL.encode(cryptography.digest(Array(Self.serviceTokenText.utf8), .sha256))
            guard let proof = request.headers["dpop"],
                proofClaims(proof, method: "GET", path: "/api/v1/apps")?["ath"]?.text == hash
            else { return .text("no proof", status: 401, outcome: "no proof") }
        }
        let query = FormFields(encoded: request.query)
        let filter = query["filter"] ?? ""
        guard filter.hasPrefix("user.id eq \""), filter.hasSuffix("\"") else {
            return .text("no filter", status: 400, outcome: "no filter")
        }
        let all = okta.apps[String(filter.dropFirst(12).dropLast())] ?? []
        let start = query["after"].flatMap { Int($0) } ?? 0
        let page = all.dropFirst(start).prefix(okta.pageSize)
        let listed = page.map { id -> JSONValue in
            ["id": .string(id), "status": okta.inactiveApps.contains(id) ? "INACTIVE" : "ACTIVE", "label": "App, one"]
        }
        var answer = StandInAnswer.json(.array(listed))
        answer.headers.append(("Link", "<\(issuer)/api/v1/apps?limit=200>; rel=\"self\""))
        if start + page.count < all.count {
            let filter = PercentEncoding.encode(filter)
            let next = okta.strayPage ?? "\(issuer)/api/v1/apps?after=\(start + page.count)&filter=\(filter)"
            answer.headers.append(("Link", "<\(next)>; rel=\"next\""))
        }
        if let remaining = okta.remaining {
            answer.headers.append(("X-Rate-Limit-Remaining", String(remaining)))
            answer.headers.append(("X-Rate-Limit-Reset", String((desk.now() + okta.resetIn).seconds)))
        }
        return answer
    }

    private static let serviceTokenText = "the-service-apps-access-token"

    private func token(_ type: String, _ okta: Okta) -> StandInAnswer {
        .json([
            "access_token": .string(Self.serviceTokenText), "token_type": .string(type), "expires_in": 3600,
            "scope": "okta.apps.read",
        ])
    }

    private func refusing(_ code: String, status: Int = 400) -> StandInAnswer {
        .json(["error": .string(code), "error_description": "As the org has it."], status: status, outcome: code)
    }

    private func isGood(_ assertion: String, _ okta: Okta) -> Bool {
        let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let claims = Base64URL.decode(parts[1]).flatMap(Self.object),
            claims["iss"]?.text == okta.serviceClientID, claims["sub"]?.text == okta.serviceClientID,
            claims["aud"]?.text == issuer + "/oauth2/v1/token", claims["jti"]?.text?.isEmpty == false,
            let expiry = claims["exp"]?.integer, (0...3600).contains(expiry - desk.now().seconds)
        else { return false }
        guard let modulus = okta.modulus else { return true }
        guard let modulus = Base64URL.decode(modulus), let signature = Base64URL.decode(parts[2]) else { return false }
        let key = JSONWebKey(
            keyID: nil, use: nil, algorithm: nil, parameters: .rsa(modulus: modulus, exponent: [1, 0, 1]))
        let message = Array("\(parts[0]).\(parts[1])".utf8)
        return (try? cryptography.isValid(signature, of: message, key: key, algorithm: .rs256)) ?? false
    }

    /// The claims of a proof that is signed by the key that it names (RFC 9449 section 4.3); nil where it is none.
    private func proofClaims(_ proof: String, method: String, path: String) -> JSONValue? {
        let parts = proof.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]).flatMap(Self.object),
            let claims = Base64URL.decode(parts[1]).flatMap(Self.object), header["typ"]?.text == "dpop+jwt",
            let x = header["jwk"]?["x"]?.text.flatMap(Base64URL.decode),
            let y = header["jwk"]?["y"]?.text.flatMap(Base64URL.decode), let signature = Base64URL.decode(parts[2]),
            claims["htm"]?.text == method, claims["htu"]?.text == issuer + path
        else { return nil }
        let key = JSONWebKey(keyID: nil, use: nil, algorithm: nil, parameters: .ellipticCurve(.p256, x: x, y: y))
        let message = Array("\(parts[0]).\(parts[1])".utf8)
        let isValid = (try? cryptography.isValid(signature, of: message, key: key, algorithm: .es256)) ?? false
        return isValid ? claims : nil
    }

    private static func object(_ bytes: [UInt8]) -> JSONValue? {
        try? JSONValue(json: String(decoding: bytes, as: UTF8.self))
    }
}
