package import Domain
package import Ports
import Yams

/// The role map as YAML: the list that the Go tool reads, and a second document, which it does not read, for what it does not know.
///
/// The same roles give the same bytes; a map that has the time of its scan, or its issuer, has that in the second document.
package enum RoleMapDocument {
    /// How many bytes a document may have: 50,000 roles take some 15 MB.
    package static let sizeLimit = 64 << 20

    /// The map as text.
    ///
    /// Every value is a double-quoted scalar: no name is taken for a number, a date or the end of the list.
    package static func text(_ map: RoleMap) -> String {
        var text = map.entries.isEmpty ? "[]\n" : ""
        for entry in map.entries { append(members(entry), to: &text) }
        guard !map.conditional.isEmpty || !map.stale.isEmpty || map.scannedAt != nil || map.issuer != nil else {
            return text
        }
        text += "---\n"
        if let issuer = map.issuer { text += "\(RoleMapFields.issuer): \(YAMLAliases.quoted(issuer.text))\n" }
        if let scannedAt = map.scannedAt {
            text += "\(RoleMapFields.scannedAt): \(YAMLAliases.quoted(scannedAt.rfc3339))\n"
        }
        if !map.conditional.isEmpty {
            text += "conditional:\n"
            for role in map.conditional {
                append(members(role.entry) + [(RoleMapFields.reason, PrintableText.line(role.reason))], to: &text)
            }
        }
        if !map.stale.isEmpty {
            text += "stale:\n"
            for account in map.stale {
                var fields = [
                    (RoleMapFields.accountID, account.accountID),
                    (RoleMapFields.reason, PrintableText.line(account.reason)),
                ]
                if let lastRead = account.lastRead { fields.append((RoleMapFields.lastRead, lastRead.rfc3339)) }
                append(fields, to: &text)
            }
        }
        return text
    }

    /// The map that a text holds; `place` is where it came from, for the error.
    ///
    /// Aliases are refused, and so is a field that does not have its grammar: whoever can write the document must not
    /// be able to write anything else with it.
    package static func parse(_ text: String, place: String) throws(RoleMapStoreError) -> RoleMap {
        guard text.utf8.count <= sizeLimit else {
            throw .unreadable(place: place, reason: "it is larger than \(sizeLimit >> 20) MB")
        }
        do {
            guard !YAMLAliases.mayOccur(in: text) else {
                throw RoleMapProblem("it has YAML aliases, which no role map needs")
            }
            var documents = try Yams.compose_all(yaml: text)
            var reader = RoleMapReader()
            let first = documents.next()
            if let error = documents.error { throw error }
            guard let first else { throw RoleMapProblem("it is empty; a map without roles is []") }
            try reader.readRoles(first)
            if let second = documents.next() { try reader.readRest(second) }
            if let error = documents.error { throw error }
            guard documents.next() == nil else { throw RoleMapProblem("it has more than two documents") }
            return reader.map
        } catch let problem as RoleMapProblem {
            throw .unreadable(place: place, reason: problem.reason)
        } catch {
            throw .unreadable(place: place, reason: "it is no YAML: \(PrintableText.line("\(error)"))")
        }
    }

    private static func members(_ entry: RoleMap.Entry) -> [(String, String)] {
        var fields = [
            (RoleMapFields.accountID, entry.account.id), (RoleMapFields.accountAlias, entry.account.alias),
        ]
        if !entry.account.name.isEmpty { fields.append((RoleMapFields.accountName, entry.account.name)) }
        return fields + [(RoleMapFields.roleARN, entry.role.text), (RoleMapFields.clientID, entry.clientID.text)]
    }

    private static func append(_ fields: [(name: String, value: String)], to text: inout String) {
        for (number, field) in fields.enumerated() {
            text += number == 0 ? "- " : "  "
            text += "\(field.name): \(YAMLAliases.quoted(field.value))\n"
        }
    }
}

/// The names of the fields; the first four are the Go tool's.
enum RoleMapFields {
    static let accountID = "aws_account_id"
    static let accountAlias = "aws_account_alias"
    static let roleARN = "aws_role_arn"
    static let clientID = "okta_client_id"
    static let accountName = "aws_account_name"
    static let reason = "reason"
    static let lastRead = "last_read"
    static let scannedAt = "scanned_at"
    static let issuer = "issuer_url"
}

/// What is wrong with a document.
struct RoleMapProblem: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
