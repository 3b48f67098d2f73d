/// What the file `format` in a token folder says: how tokens are kept there, for every host that sees the folder.
///
/// It is written once and never replaced (docs/cache-protocol.md). A folder of files on a local disk has none, as the tool
/// that this one replaces has made it.
package enum TokenCacheMarker: Sendable, Hashable {
    /// A way to keep tokens that this version knows.
    case known(Kind)
    /// Anything else, as one line: a newer version's, or no marker at all.
    case unknown(String)

    /// The ways that are marked; a database is its host's own.
    package enum Kind: String, Sendable, CaseIterable {
        case file
        case nfs
    }

    /// The name of the marker's file.
    package static let fileName = "format"

    /// No marker is larger, in bytes.
    package static let sizeLimit = 4096

    /// The marker with these bytes.
    package init(bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let kind = Kind.allCases.first(where: { Self.text($0) == text }) else {
            self = .unknown(PrintableText.line(text.last == "\n" ? String(text.dropLast()) : text))
            return
        }
        self = .known(kind)
    }

    /// What the marker of that kind holds: whose it is, the kind, and the number of its form.
    package static func text(_ kind: Kind) -> String { "aws-oidc \(kind.rawValue) 1\n" }

    /// Whether the text of an unknown marker is but a beginning, as a crash or a hand may leave it: no version writes that.
    package static func isCutOff(_ text: String) -> Bool {
        Kind.allCases.contains { Self.text($0).hasPrefix(text) }
    }

    /// The marker that a folder without one gets before something is first stored there; nil where it needs none.
    ///
    /// Every host that can see the folder must keep its tokens the same way, also one on which they lie on a local disk.
    package static func due(for choice: TokenCacheChoice, isNetwork: @autoclosure () -> Bool) -> Kind? {
        switch choice {
        case .nfs: .nfs
        case .file: isNetwork() ? .file : nil
        case .sqlite: nil
        }
    }
}
