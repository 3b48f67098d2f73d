import Domain

extension StandInSTS {
    /// GetCallerIdentity: any signature by an access key that this stand-in gave, with its session token.
    func callerIdentity(_ request: StandInRequest) throws(STSRefusalAnswer) -> StandInAnswer {
        guard let authorization = request.headers["authorization"],
            authorization.hasPrefix("AWS4-HMAC-SHA256 "),
            let start = authorization.firstRange(of: "Credential=")?.upperBound
        else {
            throw STSRefusalAnswer(
                code: "MissingAuthenticationToken", message: "Request is missing Authentication Token", status: 403)
        }
        let accessKeyID = String(authorization[start...].prefix { $0 != "/" })
        guard let credentials = issued.with({ $0[accessKeyID] }),
            request.headers["x-amz-security-token"] == credentials.sessionToken
        else {
            throw STSRefusalAnswer(
                code: "InvalidClientTokenId", message: "The security token included in the request is invalid.",
                status: 403)
        }
        guard desk.now() < credentials.expiry else {
            throw STSRefusalAnswer(
                code: "ExpiredToken", message: "The security token included in the request is expired", status: 403)
        }
        let result = """
                <Arn>\(MarkupText.escape(credentials.arn))</Arn>
                <UserId>\(MarkupText.escape(credentials.userID))</UserId>
                <Account>\(credentials.account)</Account>
            """
        return success("GetCallerIdentity", result: result)
    }
}
