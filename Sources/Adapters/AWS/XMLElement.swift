/// An element of an XML document: its name without a prefix, its text, its children.
///
/// Attributes are not kept.
struct XMLElement: Sendable, Hashable {
    /// The local name.
    let name: String
    /// The character data directly inside, put together.
    var text = ""
    /// The elements directly inside, in their order.
    var children: [XMLElement] = []

    /// The first child of that name.
    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The text of the first child of that name.
    func text(of name: String) -> String? { child(name)?.text }
}

/// Why bytes are no XML that is taken.
struct XMLProblem: Error, Sendable, Hashable {
    /// What is wrong.
    let reason: String
    /// After how many bytes.
    let offset: Int
}
