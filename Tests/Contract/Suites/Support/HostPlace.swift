import Files

/// A host's folders for what must not be shared, in a test.
struct HostPlace: Sendable {
    let workspace = Workspace()
    let told = Told()

    /// The folder of a session, and the one that always is there.
    var first: String { workspace.path("run/aws-oidc") }
    var second: String { workspace.path("tmp/aws-oidc-1000") }

    /// The files as a process sees them that has just started.
    func files(_ candidates: [String]? = nil) -> HostFiles {
        HostFiles(candidates: candidates ?? [first, second], notices: told)
    }
}
