package import Domain
package import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// AWS Organizations, and the way into its accounts by STS.
package struct AWSAccountDirectory: AccountDirectory {
    private let means: SignedCaller.Means
    private let own: @Sendable () async throws(SignedCallError) -> SigningCredentials
    private let region: String?
    private let ownCaller: SignedCaller

    /// Organizations, asked with credentials of one's own.
    ///
    /// - Parameters:
    ///   - variable: the environment's variables, an empty one as none.
    ///   - retries: how often a request is tried again.
    package init(
        http: any HTTPClient, time: any TimeSource, random: any RandomSource, signer: SignatureV4,
        credentials: OwnCredentials, variable: @escaping @Sendable (String) -> String?, retries: Int
    ) {
        means = SignedCaller.Means(
            http: http, time: time, random: random, signer: signer, variable: variable, retries: retries)
        own = { () async throws(SignedCallError) in try await credentials.current() }
        region = variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
        ownCaller = SignedCaller(means, .aws, region: region, credentials: own)
    }

    package func list(through role: RoleARN, _ take: @Sendable ([Account]) -> Void) async throws(AccountProblem) {
        do throws(SignedCallError) {
            let caller = try await session(role)
            var token: String?
            var pages = 0
            repeat {
                let page = try await Self.page(caller, token)
                take(page.accounts.filter(\.isActive).compactMap { Account(id: $0.id, name: $0.name ?? "", alias: "") })
                guard page.next == nil || page.next != token, pages < 10_000 else {
                    throw .unintelligible("Organizations gives the same page again and again")
                }
                token = page.next
                pages += 1
            } while token != nil
        } catch {
            throw AccountProblem("\(error)")
        }
    }

    package func enter(as reader: RoleARN) async throws(AccountProblem) -> any AccountReader {
        do throws(SignedCallError) {
            return IAMAccount(caller: try await session(reader))
        } catch {
            throw AccountProblem("the role \(reader.text) can't be assumed: \(error)")
        }
    }

    /// A caller who has assumed a role (API_AssumeRole).
    private func session(_ role: RoleARN) async throws(SignedCallError) -> SignedCaller {
        let caller =
            role.partition == .aws
            ? ownCaller : SignedCaller(means, role.partition, region: region, credentials: own)
        let credentials = try await AssumedRole.credentials(role, caller)
        return SignedCaller(means, role.partition, region: region) { credentials }
    }

    /// A page of ListAccounts (API_ListAccounts of Organizations).
    private static func page(_ caller: SignedCaller, _ token: String?) async throws(SignedCallError) -> Page {
        let body = token.map { "{\"NextToken\":\(JSONText.quoted($0))}" } ?? "{}"
        let response = try await caller.send(
            SignedCaller.Call(
                service: .organizations,
                headers: [
                    HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                    HTTPHeader("X-Amz-Target", "AWSOrganizationsV20161128.ListAccounts"),
                ], body: Array(body.utf8)))
        guard let page = try? JSONDecoder().decode(Page.self, from: Data(response.body)) else {
            throw .unintelligible("Organizations answered ListAccounts with something else")
        }
        return page
    }

    private struct Page: Decodable {
        let accounts: [Entry]
        let next: String?

        struct Entry: Decodable {
            let id: String
            let name: String?
            let status: String?
            let state: String?

            /// `State` takes the place of `Status`, which AWS gives up in September 2026.
            var isActive: Bool { (state ?? status) == "ACTIVE" }

            enum CodingKeys: String, CodingKey {
                case id = "Id"
                case name = "Name"
                case status = "Status"
                case state = "State"
            }
        }

        enum CodingKeys: String, CodingKey {
            case accounts = "Accounts"
            case next = "NextToken"
        }
    }
}

/// Credentials of a role that was assumed with others (API_AssumeRole).
enum AssumedRole {
    static func credentials(
        _ role: RoleARN, _ caller: SignedCaller, sessionName: String = "aws-oidc", externalID: String? = nil
    ) async throws(SignedCallError) -> SigningCredentials {
        var parameters = [
            PercentEncoding.Pair("RoleArn", role.text), PercentEncoding.Pair("RoleSessionName", sessionName),
        ]
        if let externalID { parameters.append(PercentEncoding.Pair("ExternalId", externalID)) }
        let result = try await caller.query(.sts, "AssumeRole", version: "2011-06-15", parameters)
        guard let fields = result.child("Credentials"), let id = fields.text(of: "AccessKeyId"),
            let secret = fields.text(of: "SecretAccessKey"), let token = fields.text(of: "SessionToken")
        else { throw .unintelligible("STS gave no credentials") }
        return SigningCredentials(
            accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(token),
            expiry: fields.text(of: "Expiration").flatMap(Timestamp.init(rfc3339:)))
    }
}
