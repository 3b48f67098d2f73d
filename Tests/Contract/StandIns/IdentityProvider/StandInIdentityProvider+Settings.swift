package import Domain

extension JWSAlgorithm: Codable {}

extension StandInIdentityProvider {
    /// What the provider is and how it behaves.
    ///
    /// Lives are in seconds.
    package struct Settings: StandInSettings, Sendable, Hashable, Codable {
        /// The port to listen on at the start; 0 for one that the system chooses.
        package var port: UInt16 = 0
        /// The host that the issuer names: `127.0.0.1` or `localhost`.
        package var hostName = "127.0.0.1"

        /// The public client that may sign in.
        package var clientID = "stand-in-client"
        /// Further public clients.
        package var otherClientIDs: [String] = []
        /// Who signs in.
        package var user = User()

        /// The life of an id_token, and of the access token where `accessTokenLife` does not say.
        package var tokenLife: Int64 = 3600
        /// The life of an access token (`expires_in`).
        package var accessTokenLife: Int64?
        /// The life of a refresh token, from when it is issued.
        package var refreshTokenLife: Int64 = 90 * 86_400
        /// Whether the token endpoint tells that life as `refresh_expires_in`.
        package var tellsRefreshTokenLife = false
        /// Whether a sign-in that asks for `offline_access` gets a refresh token.
        package var givesRefreshTokens = true
        /// What becomes of a refresh token that was used.
        package var rotation = Rotation.on
        /// Seconds for which a rotated refresh token is still taken, as some providers do for answers that get lost.
        package var rotationGrace: Int64 = 0
        /// Whether a refresh answers an id_token.
        package var refreshAnswersIDToken = true

        /// How id_tokens are signed.
        package var algorithm = JWSAlgorithm.rs256
        /// Which signing key is in use, counted from 0: another number is another key.
        package var keyGeneration = 0
        /// Takes a new key into use just before the next id_token is signed, and then becomes false.
        package var rotatesKeyBeforeNextSigning = false
        /// Whether the key before the one in use stays in the key set.
        package var publishesPreviousKey = true
        /// How keys are named.
        package var keyNaming = KeyNaming.named
        /// Whether the key set also holds keys that no client can read, and one for encryption.
        package var publishesUnreadableKeys = false
        /// Whether each discovery document names another address for the key set.
        package var movesKeySet = false

        /// `aud` as a list; nil for the client id as a string.
        package var audience: [String]?
        /// `azp`.
        package var authorizedParty: String?
        /// What is wrong with every id_token.
        package var idTokenFault: IDTokenFault?
        /// What is wrong with the id_tokens that refreshes answer.
        package var refreshedIDTokenFault: IDTokenFault?

        /// `authorization_response_iss_parameter_supported`, and whether the redirect carries `iss`.
        package var namesItselfInRedirect = true
        /// What is wrong with the redirect.
        package var redirectFault: RedirectFault?
        /// The issuer that the discovery document names instead of the provider's own.
        package var discoveredIssuer: String?
        /// `max-age` of the discovery document; nil for no Cache-Control.
        package var discoveryMaxAge: Int? = 3600
        /// `max-age` of the key set; nil for no Cache-Control.
        package var keysMaxAge: Int? = 3600

        /// Whether the discovery document names an introspection endpoint.
        package var hasIntrospection = true
        /// Whether introspection answers a public client; else 401.
        package var introspectsForPublicClients = true
        /// Whether introspection tells `exp`.
        package var introspectionTellsExpiry = true

        /// Whether the discovery document names a device authorization endpoint.
        package var hasDeviceGrant = true
        /// The `error` of each question for a device's tokens, before the one that is answered with them.
        package var deviceAnswers: [String] = []
        /// The life of a device code.
        package var deviceCodeLife: Int64 = 600
        /// Whether `verification_uri_complete` is given.
        package var namesCompleteAddress = true

        /// What it has of Okta's own interface; nil for nothing.
        package var okta: Okta?

        /// Seconds by which the provider's clock is ahead, in the Date header and in every token.
        package var clockOffset: Int64 = 0
        /// What goes wrong, by endpoint.
        package var faults: [RequestLog.Endpoint: [Fault]] = [:]

        /// A provider that keeps every rule.
        package init() {}

        var clientIDs: [String] { [clientID] + otherClientIDs }
    }

    /// Who signs in, and what the id_token says of them.
    package struct User: Sendable, Hashable, Codable {
        /// The name to sign in with.
        package var username = "ada"
        /// The password to sign in with.
        package var password = "difference-engine"
        /// `sub`.
        package var subject = "00u1stand2in3"
        /// `email`.
        package var email: String? = "ada@example.com"
        /// `name`.
        package var name: String? = "Ada Lovelace"
        /// `preferred_username`.
        package var preferredUsername: String? = "ada"
        /// `groups`, in the id_token of a sign-in that asks for them.
        package var groups: [String] = ["engineers"]

        /// The one user that the scripted browser knows.
        package init() {}
    }

    /// What becomes of a refresh token that was used.
    package enum Rotation: String, Sendable, Hashable, Codable {
        /// It goes on; refreshes answer the same one.
        case off
        /// It goes on; refreshes answer none.
        case offAndUnnamed
        /// It is replaced, and refused from then on.
        case on
        /// It is replaced, and its use ends the sign-in with all its refresh tokens (RFC 9700 section 4.14.2).
        case onWithReuseDetection
    }

    /// How keys are named, in the key set and in the header of an id_token.
    package enum KeyNaming: String, Sendable, Hashable, Codable {
        /// Each by its `kid`.
        case named
        /// The set holds the one key in use, without `kid`.
        case absent
        /// The set holds several keys, none with `kid`.
        case absentAmongSeveral
    }

    /// What is wrong with the redirect.
    package enum RedirectFault: String, Sendable, Hashable, Codable {
        case wrongIssuer
        case missingIssuer
        case wrongState
        case missingState
    }

    /// What is wrong with an id_token.
    package enum IDTokenFault: String, Sendable, Hashable, Codable, CaseIterable {
        /// The answer has no id_token.
        case absent
        case wrongIssuer
        case wrongSubject
        case wrongAudience
        case wrongAuthorizedParty
        case wrongNonce
        case wrongAccessTokenHash
        case missingIssuer
        case missingSubject
        case missingAudience
        case missingExpiry
        case missingIssuedAt
        case missingNonce
        /// `exp` was an hour ago.
        case expired
        /// `iat` and `nbf` are an hour ahead.
        case notYetValid
        /// `alg` is none, and there is no signature.
        case algorithmNone
        /// `alg` is HS256, with the public key as the secret.
        case symmetricAlgorithm
        case wrongSignature
        /// `kid` names a key that is not in the set.
        case unknownKeyID
        /// It is no JWT.
        case garbage
    }
}
