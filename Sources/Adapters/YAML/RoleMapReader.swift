import Domain
import Yams

/// Makes a role map of YAML nodes, each field checked against its grammar.
struct RoleMapReader {
    private var entries: [RoleMap.Entry] = []
    private var conditional: [RoleMap.Conditional] = []
    private var stale: [RoleMap.Stale] = []
    private var scannedAt: Timestamp?
    private var issuer: Issuer?

    /// What was read.
    var map: RoleMap {
        RoleMap(entries: entries, conditional: conditional, stale: stale, scannedAt: scannedAt, issuer: issuer)
    }

    /// Reads the first document: a list of roles.
    mutating func readRoles(_ node: Node) throws(RoleMapProblem) {
        for item in try Self.items(node, "the first document") { entries.append(try Self.entry(item)) }
    }

    /// Reads the second document: what the first has no place for.
    mutating func readRest(_ node: Node) throws(RoleMapProblem) {
        guard let members = node.mapping else {
            throw RoleMapProblem("its second document is no mapping\(Self.place(node))")
        }
        for (key, value) in members {
            switch key.scalar?.string {
            case "conditional":
                for item in try Self.items(value, "conditional") {
                    let reason = try Self.text(RoleMapFields.reason, item) ?? ""
                    conditional.append(
                        RoleMap.Conditional(try Self.entry(item), reason: PrintableText.line(reason)))
                }
            case "stale":
                for item in try Self.items(value, "stale") { stale.append(try Self.stale(item)) }
            case RoleMapFields.scannedAt: scannedAt = try Self.time(RoleMapFields.scannedAt, node)
            case RoleMapFields.issuer: issuer = try Self.issuer(node)
            default: continue
            }
        }
    }

    private static func entry(_ node: Node) throws(RoleMapProblem) -> RoleMap.Entry {
        let id = try required(RoleMapFields.accountID, node)
        guard
            let account = Account(
                id: id, name: try text(RoleMapFields.accountName, node) ?? "",
                alias: try text(RoleMapFields.accountAlias, node) ?? "")
        else { throw wrong(RoleMapFields.accountID, id, "is no number of 12 digits", node) }
        let roleText = try required(RoleMapFields.roleARN, node)
        let role: RoleARN
        do { role = try RoleARN(roleText) } catch { throw wrong(RoleMapFields.roleARN, roleText, error.reason, node) }
        guard role.accountID == account.id else {
            throw wrong(RoleMapFields.roleARN, roleText, "is not in the account \(id)", node)
        }
        let clientText = try required(RoleMapFields.clientID, node)
        do {
            return RoleMap.Entry(account: account, role: role, clientID: try ClientID(clientText))
        } catch {
            throw wrong(RoleMapFields.clientID, clientText, error.reason, node)
        }
    }

    private static func stale(_ node: Node) throws(RoleMapProblem) -> RoleMap.Stale {
        let id = try required(RoleMapFields.accountID, node)
        guard Account(id: id, name: "", alias: "") != nil else {
            throw wrong(RoleMapFields.accountID, id, "is no number of 12 digits", node)
        }
        let reason = PrintableText.line(try text(RoleMapFields.reason, node) ?? "")
        return RoleMap.Stale(accountID: id, reason: reason, lastRead: try time(RoleMapFields.lastRead, node))
    }

    private static func time(_ name: String, _ node: Node) throws(RoleMapProblem) -> Timestamp? {
        guard let text = try text(name, node) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw wrong(name, text, "is no time as in 2026-01-02T15:04:05Z", node)
        }
        return time
    }

    private static func issuer(_ node: Node) throws(RoleMapProblem) -> Issuer? {
        guard let text = try text(RoleMapFields.issuer, node) else { return nil }
        do { return try Issuer(text) } catch { throw wrong(RoleMapFields.issuer, text, "is no issuer", node) }
    }

    private static func items(_ node: Node, _ name: String) throws(RoleMapProblem) -> [Node] {
        guard let items = node.sequence else { throw RoleMapProblem("\(name) is no list\(place(node))") }
        return Array(items)
    }

    private static func required(_ name: String, _ node: Node) throws(RoleMapProblem) -> String {
        guard let text = try text(name, node) else { throw RoleMapProblem("\(name) is missing\(place(node))") }
        return text
    }

    /// The text of a member; nil where it is missing, empty or null.
    private static func text(_ name: String, _ node: Node) throws(RoleMapProblem) -> String? {
        guard let members = node.mapping else { throw RoleMapProblem("an item is no mapping\(place(node))") }
        guard let value = members.first(where: { $0.key.scalar?.string == name })?.value else { return nil }
        guard let scalar = value.scalar else { throw RoleMapProblem("\(name) is no text\(place(value))") }
        let isNull = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
        return isNull || scalar.string.isEmpty ? nil : scalar.string
    }

    private static func wrong(_ name: String, _ value: String, _ what: String, _ node: Node) -> RoleMapProblem {
        RoleMapProblem("\(name) \"\(PrintableText.line(value))\" \(what)\(place(node))")
    }

    private static func place(_ node: Node) -> String { node.mark.map { " (line \($0.line))" } ?? "" }
}
