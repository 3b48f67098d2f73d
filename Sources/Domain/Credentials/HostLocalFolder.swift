/// Where this host keeps what must not be shared: credentials, sign-in progress, provider documents.
package enum HostLocalFolder {
    /// The folders that may hold it, the one to write to first.
    ///
    /// `DIR/UID/HOSTNAME` with node-local storage; else `$XDG_RUNTIME_DIR/aws-oidc`, else `/tmp/aws-oidc-UID`.
    package static func candidates(nodeLocal: String?, runtimeFolder: String?, userID: UInt32, hostName: String)
        -> [String]
    {
        var folders: [String] = []
        if let nodeLocal, !nodeLocal.isEmpty {
            folders.append(self.nodeLocal(nodeLocal, userID: userID, hostName: hostName))
        }
        if let runtimeFolder, runtimeFolder.hasPrefix("/") { folders.append(runtimeFolder + "/aws-oidc") }
        folders.append("/tmp/aws-oidc-\(userID)")
        return folders
    }

    /// `DIR/UID/HOSTNAME`, as the tool that this one replaces lays it out.
    package static func nodeLocal(_ folder: String, userID: UInt32, hostName: String) -> String {
        "\(user(folder, userID: userID))/\(hostNameComponent(hostName))"
    }

    /// `DIR/UID`, a user's part of a folder that may belong to nobody in particular.
    package static func user(_ folder: String, userID: UInt32) -> String { "\(folder)/\(userID)" }

    /// The folder that was named, `~/` being the home; nil for a relative path, which names another one wherever one is.
    package static func absolute(_ folder: String, home: String?) -> String? {
        if folder.hasPrefix("/") { return folder }
        guard folder == "~" || folder.hasPrefix("~/") else { return nil }
        return home.map { $0 + folder.dropFirst() }
    }

    /// What is wrong with a text that names no such folder, fit to follow the name of the flag or variable.
    package static let expectation = "must be a folder whose path begins with / or ~/"

    /// The host name as one path component: an empty one, or one that would lead elsewhere, becomes harmless.
    package static func hostNameComponent(_ name: String) -> String {
        // By scalar: an accent after a slash makes another character of both.
        let safe = String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == "/" || $0 == "\0" ? "-" : $0 }))
        return safe.isEmpty || safe == "." || safe == ".." ? "localhost" : safe
    }

    /// Why a host's name does not name a folder as it is, as the beginning of a sentence; nil where it does.
    package static func flaw(ofHostName name: String) -> String? {
        if name.isEmpty { return "this host has no name" }
        return hostNameComponent(name) == name
            ? nil : "no folder can be called as this host is, \"\(PrintableText.line(name))\""
    }
}
