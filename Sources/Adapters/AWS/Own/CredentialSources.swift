import Domain
import Ports

/// The places where a process on AWS finds its credentials.
struct CredentialSources: Sendable {
    let means: SignedCaller.Means
    let home: String?

    /// The first that there are.
    func find() async throws(SignedCallError) -> SigningCredentials {
        if let found = environment() { return found }
        if let file = means.variable("AWS_WEB_IDENTITY_TOKEN_FILE"), let role = means.variable("AWS_ROLE_ARN") {
            return try await webIdentity(file: file, role: role, name: means.variable("AWS_ROLE_SESSION_NAME"))
        }
        if let found = try await SharedCredentials(sources: self).find() { return found }
        if let found = try await container() { return found }
        if let found = try await instance() { return found }
        throw .noCredentials(
            "there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or "
                + "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, or run it where a role is attached")
    }

    /// `AWS_ACCESS_KEY_ID` and what belongs to it.
    func environment() -> SigningCredentials? {
        guard let id = means.variable("AWS_ACCESS_KEY_ID"), let secret = means.variable("AWS_SECRET_ACCESS_KEY") else {
            return nil
        }
        return SigningCredentials(
            accessKeyID: id, secretAccessKey: Secret(secret),
            sessionToken: means.variable("AWS_SESSION_TOKEN").map(Secret.init))
    }

    /// A role for the token in a file, which is read anew each time (EKS: IAM roles for service accounts).
    func webIdentity(file: String, role text: String, name: String?) async throws(SignedCallError) -> SigningCredentials
    {
        guard let token = SmallFile.text(file)?.trimmed, !token.isEmpty else {
            throw .noCredentials("the token file \(file) can't be read: check AWS_WEB_IDENTITY_TOKEN_FILE")
        }
        let role: RoleARN
        do { role = try RoleARN(text) } catch {
            throw .noCredentials("AWS_ROLE_ARN is no role: \(error.reason)")
        }
        let sts = STS(
            http: means.http, time: means.time, random: means.random,
            settings: STSEndpoint.Settings(region: nil, profileRegion: nil, variable: means.variable))
        do {
            return SigningCredentials(
                try await sts.assumeRole(
                    AssumeRoleRequest(
                        role: role, idToken: Secret(token), sessionName: SessionName(fitting: name ?? "aws-oidc"),
                        duration: .oneHour),
                    by: Deadline(in: 60, means.time)))
        } catch {
            throw .noCredentials("the role \(role.text) can't be assumed with the token of \(file): \(error)")
        }
    }

    /// What the container's endpoint gives; nil where there is none.
    func container() async throws(SignedCallError) -> SigningCredentials? {
        let address: String
        if let path = means.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            address = "http://169.254.170.2" + path
        } else if let full = means.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            address = full
        } else {
            return nil
        }
        guard let parts = WebAddress(address),
            parts.isSecure || parts.isLoopback
                || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(parts.host)
        else {
            throw .noCredentials(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor a container's own endpoint: \(PrintableText.line(address))"
            )
        }
        var headers: [HTTPHeader] = []
        if let file = means.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            guard let token = SmallFile.text(file)?.trimmed else {
                throw .noCredentials("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE can't be read: \(file)")
            }
            headers.append(HTTPHeader("Authorization", token))
        } else if let token = means.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
            headers.append(HTTPHeader("Authorization", token))
        }
        return try await document(.get, address, headers, of: "the container's credentials endpoint")
    }

    /// What the metadata service of an EC2 instance gives (IMDSv2); nil where there is none, or it has no role.
    func instance() async throws(SignedCallError) -> SigningCredentials? {
        guard means.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
        var base = means.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        while base.hasSuffix("/") { base.removeLast() }
        let path = base + "/latest/meta-data/iam/security-credentials/"
        guard
            let answer = try? await means.http.send(
                HTTPRequest(
                    .put(body: []), base + "/latest/api/token",
                    headers: [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "300")], timeout: 3,
                    connectTimeout: 1, bodyLimit: 1 << 12, allowsPlainText: true)),
            answer.status == 200
        else { return nil }
        let token = [HTTPHeader("X-aws-ec2-metadata-token", String(decoding: answer.body, as: UTF8.self).trimmed)]
        guard
            let names = try? await means.http.send(
                HTTPRequest(.get, path, headers: token, timeout: 3, bodyLimit: 1 << 12, allowsPlainText: true)),
            names.status == 200,
            let name = String(decoding: names.body, as: UTF8.self).split(separator: "\n").first
        else { return nil }
        return try await document(
            .get, path + PercentEncoding.encode(String(name).trimmed), token, of: "the instance's metadata service")
    }

    private func document(
        _ method: HTTPRequest.Method, _ address: String, _ headers: [HTTPHeader], of whom: String
    ) async throws(SignedCallError) -> SigningCredentials {
        var tries = 0
        while true {
            tries += 1
            let response: HTTPResponse
            do {
                response = try await means.http.send(
                    HTTPRequest(
                        method, address, headers: headers, timeout: 5, bodyLimit: 1 << 16, allowsPlainText: true))
            } catch {
                guard tries < 3 else { throw .noCredentials("\(whom) does not answer: \(error)") }
                await means.time.sleep(seconds: Double(tries))
                continue
            }
            guard response.status == 200, let found = CredentialsDocument.read(response.body) else {
                guard tries < 3, response.status >= 500 else {
                    throw .noCredentials("\(whom) gives no credentials (status \(response.status))")
                }
                await means.time.sleep(seconds: Double(tries))
                continue
            }
            return found
        }
    }
}

extension String {
    /// Without the white space around it.
    var trimmed: String {
        let bytes = utf8.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return String(
            decoding: Array(bytes.reversed().drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.reversed()),
            as: UTF8.self)
    }
}
