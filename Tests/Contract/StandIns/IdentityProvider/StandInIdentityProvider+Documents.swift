import Domain
import Ports

extension StandInIdentityProvider {
    /// The discovery document (OpenID Connect Discovery 1.0 section 3).
    func discovery(_ request: StandInRequest) -> StandInAnswer {
        guard request.method == "GET" else { return .wrongMethod }
        let settings = settings
        var document: [String: JSONValue] = [
            "issuer": .string(settings.discoveredIssuer ?? issuer),
            "authorization_endpoint": .string(issuer + "/authorize"),
            "token_endpoint": .string(issuer + "/token"),
            "jwks_uri": .string(issuer + (settings.movesKeySet ? "/jwks/\(randomText(6))" : "/jwks")),
            "revocation_endpoint": .string(issuer + "/revoke"),
            "response_types_supported": ["code"], "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": ["openid", "offline_access", "email", "profile", "groups"],
            "id_token_signing_alg_values_supported": [.string(settings.algorithm.rawValue)],
            "authorization_response_iss_parameter_supported": .bool(settings.namesItselfInRedirect),
        ]
        if settings.hasDeviceGrant {
            document["device_authorization_endpoint"] = .string(issuer + "/device_authorization")
        }
        if settings.hasIntrospection { document["introspection_endpoint"] = .string(issuer + "/introspect") }
        return .json(.object(document), headers: freshness(settings.discoveryMaxAge))
    }

    /// The key set (RFC 7517 section 5).
    func keySet(_ request: StandInRequest) -> StandInAnswer {
        guard request.method == "GET" else { return .wrongMethod }
        let settings = settings
        do {
            var keys = try keys.published(settings).map(\.json)
            if settings.publishesUnreadableKeys { keys = Self.unreadableKeys + keys }
            return .json(["keys": .array(keys)], headers: freshness(settings.keysMaxAge))
        } catch {
            return .text(error.reason, status: 500, outcome: "no key")
        }
    }

    private func freshness(_ maxAge: Int?) -> [(name: String, value: String)] {
        maxAge.map { [("Cache-Control", "public, max-age=\($0)")] } ?? []
    }

    private static let unreadableKeys: [JSONValue] = [
        ["kty": "lattice", "kid": "of-a-kind-to-come", "use": "sig", "pub": "AAAA"],
        ["kty": "RSA", "kid": "not-base64url", "use": "sig", "n": "***", "e": "AQAB"],
        ["kty": "EC", "kid": "of-another-curve", "use": "sig", "crv": "secp256k1", "x": "AAAA", "y": "AAAA"],
        ["kty": "RSA", "kid": "without-modulus", "use": "sig"],
        ["kty": "RSA", "kid": "for-encryption", "use": "enc", "n": "uX3VwQ", "e": "AQAB"],
        "no object at all",
    ]
}

extension StandInAnswer {
    static var wrongMethod: StandInAnswer {
        .text("This endpoint has another method.", status: 405, outcome: "wrong method")
    }
}
