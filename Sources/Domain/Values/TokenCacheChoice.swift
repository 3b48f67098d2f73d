/// Which store keeps the tokens, as `--cache` and `AWS_OIDC_CACHE` name it: `file`, `sqlite[:PATH]` or `nfs[:PATH]`.
package enum TokenCacheChoice: Sendable, Hashable {
    /// Files in the place and the format of the tool that this one replaces.
    case file
    /// A database: in that file, else where tokens lie anyway.
    case sqlite(path: String?)
    /// Files that several hosts may share: in that folder, else where tokens lie anyway.
    case nfs(path: String?)

    /// What is wrong with a text that names no store, fit to follow the name of the flag or variable.
    package static let expectation =
        "must be file, sqlite, sqlite:PATH, nfs or nfs:PATH, with the PATH of a database or a folder, from / or ~/ on"

    /// The choice that this text names; nil where it names none.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.count > 1 ? String(parts[1]) : nil
        if let path, !(path.hasPrefix("/") || path.hasPrefix("~/")) { return nil }
        switch (parts[0], path) {
        case ("file", nil): self = .file
        case ("sqlite", _) where path?.hasSuffix("/") != true: self = .sqlite(path: path)
        case ("nfs", nil): self = .nfs(path: nil)
        case ("nfs", let path?):
            var folder = path[...]
            while folder.hasSuffix("/") { folder.removeLast() }
            // The root and the home are no folders to keep tokens in, and to close to others.
            guard !folder.isEmpty, folder != "~" else { return nil }
            self = .nfs(path: String(folder))
        default: return nil
        }
    }

    /// Its name, without a path.
    package var name: String {
        switch self {
        case .file: "file"
        case .sqlite: "sqlite"
        case .nfs: "nfs"
        }
    }
}

extension TokenCacheChoice {
    /// Which store it is: what was asked for, unless the folder's marker contradicts it; else what the marker says; else
    /// what suits the file system.
    package static func resolved(
        asked: TokenCacheChoice?, marker: TokenCacheMarker?, isNetwork: @autoclosure () -> Bool
    ) throws(TokenCacheConflict) -> TokenCacheChoice {
        switch (asked, marker) {
        case (_, .unknown(let text)?):
            throw .unknownMarker(text)
        case (let asked?, .known(let kept)?):
            guard asked.name == kept.rawValue else { throw .contradiction(asked: asked, kept: kept) }
            return asked
        case (nil, .known(.file)?): return .file
        case (nil, .known(.nfs)?): return .nfs(path: nil)
        case (let asked?, nil): return asked
        case (nil, nil): return isNetwork() ? .nfs(path: nil) : .file
        }
    }
}

/// Why there is no choosing a store.
package enum TokenCacheConflict: Error, Sendable, Hashable {
    /// Somebody asks for one store, and the folder's tokens are kept in another.
    case contradiction(asked: TokenCacheChoice, kept: TokenCacheMarker.Kind)
    /// The folder's marker says what this version does not know.
    case unknownMarker(String)
}
