/// A text that must never be shown: a token, a key, a code, a verifier.
///
/// Whatever prints it, in a log, an error or a debugger's dump, gets `<redacted>`. `revealed` is the one way to the
/// text, so that each use can be found by its name.
package struct Secret: Sendable, Hashable {
    /// The text itself.
    package let revealed: String

    /// Wraps a text.
    package init(_ text: String) {
        revealed = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
