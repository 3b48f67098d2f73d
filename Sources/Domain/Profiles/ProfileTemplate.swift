/// How the profiles of an automatic configuration are named: a text with `{account}`, `{id}` and `{role}` in it.
package struct ProfileTemplate: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case text(String)
        case account
        case id
        case role
    }

    /// The template as it was given.
    package let text: String
    private let pieces: [Piece]

    /// `{account}-{role}`.
    package static let usual = ProfileTemplate("{account}-{role}", [.account, .text("-"), .role])

    private init(_ text: String, _ pieces: [Piece]) { (self.text, self.pieces) = (text, pieces) }

    /// Takes a template apart.
    ///
    /// - Throws: for another name in braces, a brace without its partner, or what a profile's name can't have.
    package init(_ text: String) throws(InvalidProfileTemplate) {
        func invalid(_ reason: String) -> InvalidProfileTemplate { InvalidProfileTemplate(text: text, reason: reason) }
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { throw invalid("a { has no }") }
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            switch rest[rest.index(after: open)..<close] {
            case "account": pieces.append(.account)
            case "id": pieces.append(.id)
            case "role": pieces.append(.role)
            default: throw invalid("it knows {account}, {id} and {role} only")
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        for case .text(let piece) in pieces where !ConfigGrammar.isName(piece) {
            throw invalid("a profile's name has letters, digits and -_./%@:+ only")
        }
        guard pieces.contains(where: { if case .text = $0 { false } else { true } }) else {
            throw invalid("every profile would have the same name")
        }
        (self.text, self.pieces) = (text, pieces)
    }

    /// The name of a role's profile in an account that is called so.
    func name(account: String, _ role: GrantedRole) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .account: account
            case .id: role.account.id
            case .role: ProfileNames.fit(role.role.roleName)
            }
        }.joined()
    }
}

/// A text that is no template.
package struct InvalidProfileTemplate: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    package let text: String
    /// What is wrong with it.
    package let reason: String

    package var description: String {
        "the profile template \"\(PrintableText.line(text))\" can't be used: \(reason)."
    }
}
