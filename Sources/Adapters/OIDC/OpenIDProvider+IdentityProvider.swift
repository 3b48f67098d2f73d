package import Domain
package import Ports

extension OpenIDProvider: IdentityProvider {
    package func metadata(by deadline: Deadline) async throws(IdentityProviderError) -> ProviderMetadata {
        try await published.reading(at: issuer.discoveryAddress, by: deadline, discoveryReader).content
    }

    /// Reads the discovery document.
    var discoveryReader: PublishedDocuments.Reader<ProviderMetadata> {
        { [issuer] body throws(IdentityProviderError) in try DiscoveryDocument.read(body, of: issuer) }
    }

    package func redeem(code: Secret, verifier: Secret, redirectURI: String, by deadline: Deadline)
        async throws(IdentityProviderError) -> TokenGrant
    {
        let form = [
            PercentEncoding.Pair("grant_type", "authorization_code"),
            PercentEncoding.Pair("code", code.revealed),
            PercentEncoding.Pair("redirect_uri", redirectURI),
            PercentEncoding.Pair("client_id", clientID.text),
            PercentEncoding.Pair("code_verifier", verifier.revealed),
        ]
        let address = try await metadata(by: deadline).tokenEndpoint
        let answer = try await post(form, to: address, .untilSent, by: deadline)
        return try TokenAnswer.read(answer, from: address, sent: [code, verifier])
    }

    package func authorizeDevice(by deadline: Deadline) async throws(IdentityProviderError) -> DeviceAuthorization {
        guard let address = try await metadata(by: deadline).deviceAuthorizationEndpoint else { throw .noDeviceGrant }
        let form = [
            PercentEncoding.Pair("client_id", clientID.text),
            PercentEncoding.Pair("scope", "offline_access openid profile email"),
        ]
        return try DeviceAnswer.read(try await post(form, to: address, .untilAnswered, by: deadline), from: address)
    }

    package func redeem(deviceCode: Secret, by deadline: Deadline) async throws(IdentityProviderError) -> TokenGrant {
        let form = [
            PercentEncoding.Pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            PercentEncoding.Pair("device_code", deviceCode.revealed),
            PercentEncoding.Pair("client_id", clientID.text),
        ]
        let address = try await metadata(by: deadline).tokenEndpoint
        return try TokenAnswer.read(
            try await post(form, to: address, .once, by: deadline), from: address, sent: [deviceCode])
    }

    package func refresh(_ refreshToken: Secret, by deadline: Deadline)
        async throws(IdentityProviderError) -> TokenGrant
    {
        let form = [
            PercentEncoding.Pair("grant_type", "refresh_token"),
            PercentEncoding.Pair("refresh_token", refreshToken.revealed),
            PercentEncoding.Pair("client_id", clientID.text),
        ]
        let address = try await metadata(by: deadline).tokenEndpoint
        let answer = try await post(form, to: address, .untilTaken, by: deadline)
        return try TokenAnswer.read(answer, from: address, sent: [refreshToken])
    }

    package func status(ofRefreshToken refreshToken: Secret, by deadline: Deadline)
        async throws(IdentityProviderError) -> RefreshTokenStatus
    {
        guard let address = try await metadata(by: deadline).introspectionEndpoint else {
            return .unknown(reason: "the identity provider has no introspection endpoint")
        }
        let form = [
            PercentEncoding.Pair("token", refreshToken.revealed),
            PercentEncoding.Pair("token_type_hint", "refresh_token"),
            PercentEncoding.Pair("client_id", clientID.text),
        ]
        return try IntrospectionAnswer.read(try await post(form, to: address, .once, by: deadline), from: address)
    }

    package func revoke(_ token: Secret, _ kind: RevocableToken, by deadline: Deadline)
        async throws(IdentityProviderError) -> Revocation
    {
        guard let address = try await metadata(by: deadline).revocationEndpoint else {
            return .unsupported(reason: "it has no revocation endpoint")
        }
        let form = [
            PercentEncoding.Pair("token", token.revealed),
            PercentEncoding.Pair("token_type_hint", kind.rawValue),
            PercentEncoding.Pair("client_id", clientID.text),
        ]
        // To revoke twice does no harm, and Retry-After is obeyed (RFC 7009 section 2.2.1).
        let answer = try await post(form, to: address, .untilAnswered, by: deadline)
        return try RevocationAnswer.read(answer, from: address)
    }

    private func post(
        _ form: [PercentEncoding.Pair], to address: String, _ persistence: Exchange.Persistence, by deadline: Deadline
    ) async throws(IdentityProviderError) -> HTTPResponse {
        let headers = [
            HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
            HTTPHeader("Accept", "application/json"),
        ]
        do throws(HTTPFailure) {
            return try await exchange.send(
                .post(body: Array(PercentEncoding.form(form).utf8)), address, headers: headers, persistence,
                by: deadline)
        } catch {
            throw .http(error)
        }
    }
}
