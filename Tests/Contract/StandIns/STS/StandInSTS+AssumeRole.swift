import Domain
import OpenSSL

/// Credentials that the stand-in gave, and whose they are.
struct IssuedCredentials: Sendable {
    let account: String
    /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    let arn: String
    /// `AROA…:SESSION`.
    let userID: String
    let sessionToken: String
    let expiry: Timestamp
}

extension StandInSTS {
    /// AssumeRoleWithWebIdentity.
    func assumeRole(_ fields: FormFields) throws(STSRefusalAnswer) -> StandInAnswer {
        let settings = settings
        let asked = try AssumeRoleParameters(fields, maximumDuration: settings.maximumDuration)
        let now = desk.now()
        let identity = try WebIdentity(asked.token)
        try check(identity, settings, now)
        guard settings.roles?.contains(asked.roleARN) ?? true else {
            throw STSRefusalAnswer(
                code: "AccessDenied", message: "Not authorized to perform sts:AssumeRoleWithWebIdentity", status: 403)
        }
        let roleID = "AROA" + lettersAndDigits(cryptography.digest(Array(asked.roleARN.utf8), .sha256), 17)
        let accessKeyID = "ASIA" + lettersAndDigits(cryptography.randomBytes(16), 16)
        let credentials = IssuedCredentials(
            account: asked.account,
            arn: "arn:\(asked.partition):sts::\(asked.account):assumed-role/\(asked.roleName)/\(asked.sessionName)",
            userID: "\(roleID):\(asked.sessionName)",
            sessionToken: "stand-in/" + Base64URL.encode(cryptography.randomBytes(240)) + "==",
            expiry: now + (settings.credentialsLife ?? asked.duration))
        issued.with { $0[accessKeyID] = credentials }
        let secret = Base64URL.encode(cryptography.randomBytes(30))
        let host = identity.issuer.split(separator: "://", maxSplits: 1).last.map(String.init) ?? identity.issuer
        let provider = "arn:\(asked.partition):iam::\(asked.account):oidc-provider/\(host)"
        let result = """
                <SubjectFromWebIdentityToken>\(MarkupText.escape(identity.subject))</SubjectFromWebIdentityToken>
                <Audience>\(MarkupText.escape(identity.client ?? ""))</Audience>
                <AssumedRoleUser>
                  <Arn>\(MarkupText.escape(credentials.arn))</Arn>
                  <AssumedRoleId>\(MarkupText.escape(credentials.userID))</AssumedRoleId>
                </AssumedRoleUser>
                <Credentials>
                  <SessionToken>\(credentials.sessionToken)</SessionToken>
                  <SecretAccessKey>\(secret)</SecretAccessKey>
                  <Expiration>\(CivilTime(credentials.expiry).rfc3339)</Expiration>
                  <AccessKeyId>\(accessKeyID)</AccessKeyId>
                </Credentials>
                <Provider>\(MarkupText.escape(provider))</Provider>
            """
        return success("AssumeRoleWithWebIdentity", result: result)
    }

    private func check(_ identity: WebIdentity, _ settings: Settings, _ now: Timestamp) throws(STSRefusalAnswer) {
        guard ([provider?.issuer].compactMap { $0 } + settings.trustedIssuers).contains(identity.issuer) else {
            throw .invalidIdentityToken("No OpenIDConnect provider found in your account for \(identity.issuer)")
        }
        guard now < identity.expiry else {
            throw STSRefusalAnswer(
                code: "ExpiredTokenException",
                message: "Token expired: current date/time \(now.seconds) must be before the expiration date/time "
                    + "\(identity.expiry.seconds)",
                status: 400)
        }
        let audiences = (provider?.settings.clientIDs ?? []) + settings.audiences
        let named = identity.authorizedParty.map { [$0] } ?? identity.audience
        guard named.contains(where: audiences.contains) else {
            throw .invalidIdentityToken("Incorrect token audience")
        }
        if settings.checksSignatures, let provider, identity.issuer == provider.issuer {
            try checkSignature(of: identity, provider)
        }
    }

    private func checkSignature(
        of identity: WebIdentity, _ provider: StandInIdentityProvider
    ) throws(STSRefusalAnswer) {
        guard let algorithm = identity.algorithm.flatMap({ JWSAlgorithm(rawValue: $0) }) else {
            throw .invalidIdentityToken("The algorithm of the ID Token's signature is not supported")
        }
        let keys = ((try? provider.publishedKeys) ?? []).filter {
            $0.fits(algorithm) && (identity.keyID == nil || $0.keyID == identity.keyID)
        }
        guard !keys.isEmpty else {
            throw .invalidIdentityToken(
                "Couldn't retrieve verification key from your identity provider, please reference "
                    + "AssumeRoleWithWebIdentity documentation for requirements")
        }
        let isGenuine = keys.contains { key in
            (try? cryptography.isValid(identity.signature, of: identity.signed, key: key, algorithm: algorithm))
                ?? false
        }
        guard isGenuine else { throw .invalidIdentityToken("The ID Token signature is invalid") }
    }

    private func lettersAndDigits(_ bytes: [UInt8], _ count: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        return String(bytes.prefix(count).map { alphabet[Int($0 & 31)] })
    }
}
