import Domain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A config service's answer as it is written: every field is somebody else's until it has been checked.
struct ConfigAnswer: Decodable {
    private let profiles: [Profile]?
    private let conditional: [Profile]?
    private let stale: [Stale]?

    /// The answer is not of this protocol.
    struct Unreadable: Error {
        /// What is wrong, in words that follow "…: ".
        let reason: String
    }

    /// The roles of that issuer in these bytes.
    static func read(_ body: [UInt8], of issuer: Issuer) throws(Unreadable) -> GrantedRoles {
        let answer: ConfigAnswer
        do {
            answer = try JSONDecoder().decode(ConfigAnswer.self, from: Data(body))
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw Unreadable(reason: "it is no JSON")
        } catch {
            throw Unreadable(reason: "it is JSON of another kind")
        }
        guard let profiles = answer.profiles else { throw Unreadable(reason: "it has no list of profiles") }
        var refused: [String] = []
        var seen: Set<GrantedRole> = []
        let roles = profiles.compactMap { profile in
            profile.role(of: issuer, &refused).flatMap { seen.insert($0).inserted ? $0 : nil }
        }
        let conditional = (answer.conditional ?? []).compactMap { profile in
            profile.role(of: issuer, &refused).map {
                GrantedRoles.Conditional($0, reason: PrintableText.line(profile.reason ?? "it does not say why"))
            }
        }
        // All that are named, where some are refused: it does no harm that the others are in there.
        let named = refused.isEmpty ? [] : (profiles + (answer.conditional ?? [])).compactMap(\.roleARN)
        return GrantedRoles(
            roles: roles, conditional: conditional, stale: (answer.stale ?? []).compactMap(\.account), refused: refused,
            refusedRoles: Set(named))
    }

    /// One role, whose fields may be missing or of any type: one that is wrong must not cost the others.
    private struct Profile: Decodable {
        let clientID: String?
        let account: NamedAccount?
        let roleARN: String?
        let issuerURL: String?
        let roleName: String?
        let reason: String?

        private enum CodingKeys: String, CodingKey {
            case clientID = "client_id"
            case account = "aws_account"
            case roleARN = "role_arn"
            case issuerURL = "issuer_url"
            case roleName = "role_name"
            case reason
        }

        init(from decoder: any Decoder) throws {
            let container = try? decoder.container(keyedBy: CodingKeys.self)
            func text(_ key: CodingKeys) -> String? { try? container?.decode(String.self, forKey: key) }
            clientID = text(.clientID)
            account = try? container?.decode(NamedAccount.self, forKey: .account)
            (roleARN, issuerURL, roleName, reason) = (text(.roleARN), text(.issuerURL), text(.roleName), text(.reason))
        }

        /// The role, if every field has the grammar that it must have; else what is wrong with it is noted.
        func role(of issuer: Issuer, _ refused: inout [String]) -> GrantedRole? {
            let shown = "\"\(PrintableText.line(roleARN ?? ""))\""
            do {
                guard let roleARN, let clientID, let account else {
                    refused.append("\(shown) lacks its role_arn, its client_id or its aws_account")
                    return nil
                }
                let role = try RoleARN(roleARN)
                guard let known = Account(id: account.id ?? "", name: account.name ?? "", alias: account.alias ?? "")
                else {
                    refused.append("\(shown) is in an account whose id is no number of 12 digits")
                    return nil
                }
                if let issuerURL, !issuer.isNamed(by: issuerURL) {
                    refused.append("\(shown) is for another issuer, \(PrintableText.line(issuerURL))")
                    return nil
                }
                if let roleName, !roleName.isEmpty, roleName != role.roleName {
                    refused.append("\(shown) is called \"\(PrintableText.line(roleName))\", which is not its name")
                    return nil
                }
                return try GrantedRole(account: known, role: role, clientID: ClientID(clientID), issuer: issuer)
            } catch let error as InvalidRoleARN {
                refused.append("\(shown): \(error.reason)")
            } catch let error as InvalidClientID {
                refused.append("\(shown) has a client id that can't be used: \(error.reason)")
            } catch let error as InvalidGrantedRole {
                refused.append("\(shown): \(error.reason)")
            } catch {
                refused.append(shown)
            }
            return nil
        }
    }

    private struct NamedAccount: Decodable {
        let id: String?
        let name: String?
        let alias: String?

        private enum CodingKeys: String, CodingKey {
            case id, name, alias
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try? container.decode(String.self, forKey: .id)
            name = try? container.decode(String.self, forKey: .name)
            alias = try? container.decode(String.self, forKey: .alias)
        }
    }

    private struct Stale: Decodable {
        let account: RoleMap.Stale?

        private enum CodingKeys: String, CodingKey {
            case id = "account_id"
            case reason
            case lastRead = "last_read"
        }

        init(from decoder: any Decoder) throws {
            let container = try? decoder.container(keyedBy: CodingKeys.self)
            func text(_ key: CodingKeys) -> String? { try? container?.decode(String.self, forKey: key) }
            account = text(.id).flatMap { Account(id: $0, name: "", alias: "") }.map {
                RoleMap.Stale(
                    accountID: $0.id, reason: PrintableText.line(text(.reason) ?? ""),
                    lastRead: text(.lastRead).flatMap { Timestamp(rfc3339: $0) })
            }
        }
    }
}

extension Issuer {
    /// Whether that text names this issuer, but for a slash at its end.
    fileprivate func isNamed(by text: String) -> Bool {
        func bare(_ text: String) -> Substring { text.hasSuffix("/") ? text.dropLast() : text[...] }
        return bare(text) == bare(self.text)
    }
}
