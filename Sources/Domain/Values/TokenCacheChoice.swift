/// Which store keeps the tokens, as `--cache` and `AWS_OIDC_CACHE` name it: `file`, `sqlite` or `sqlite:PATH`.
package enum TokenCacheChoice: Sendable, Hashable {
    /// Files in the place and the format of the tool that this one replaces.
    case file
    /// A database: in that file, else where tokens lie anyway.
    case sqlite(path: String?)

    /// What is wrong with a text that names no store, fit to follow the name of the flag or variable.
    package static let expectation = "must be file, sqlite or sqlite:PATH, with a PATH that begins with / or ~/"

    /// The choice that this text names; nil where it names none.
    package init?(_ text: String) {
        switch text {
        case "file": self = .file
        case "sqlite": self = .sqlite(path: nil)
        default:
            let path = text.dropFirst("sqlite:".count)
            guard text.hasPrefix("sqlite:"), path.hasPrefix("/") || path.hasPrefix("~/"), !path.hasSuffix("/") else {
                return nil
            }
            self = .sqlite(path: String(path))
        }
    }
}
