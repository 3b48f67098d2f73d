package import Domain
import Yams

/// Which clients a group stands for: a mapping from group names to a client id or a list of them, in YAML or JSON.
package enum GroupsDocument {
    /// The mapping that a text holds.
    package static func parse(_ text: String) throws(InvalidGroupsDocument) -> [String: Set<ClientID>] {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw InvalidGroupsDocument(reason: "it is no YAML")
        }
        guard let mapping = node?.mapping else {
            throw InvalidGroupsDocument(reason: "it is no mapping from groups to client ids")
        }
        var clients: [String: Set<ClientID>] = [:]
        for (key, value) in mapping {
            guard let group = key.scalar?.string else { throw InvalidGroupsDocument(reason: "a group is no text") }
            let nodes = value.sequence.map { Array($0) } ?? [value]
            for node in nodes {
                guard let text = node.scalar?.string, let client = try? ClientID(text) else {
                    throw InvalidGroupsDocument(
                        reason: "group \"\(PrintableText.line(group))\" has something that is no client id")
                }
                clients[group, default: []].insert(client)
            }
        }
        // Nobody would have any role by it.
        guard !clients.isEmpty else { throw InvalidGroupsDocument(reason: "it has no client id for any group") }
        return clients
    }
}

/// A text that is no such mapping.
package struct InvalidGroupsDocument: Error, Sendable, Hashable {
    /// What is wrong with it.
    package let reason: String
}
