import Foundation

/// Somebody who looks at the browser only when a test says so.
struct SlowPerson: Sendable {
    /// What `BROWSER` is to name.
    let browser: String
    private let word: String

    fileprivate init(_ stage: Stage) throws {
        let script = stage.folder + "/slow-browser"
        word = stage.folder + "/go-on"
        browser = "'\(script)'"
        let text = """
            #!/bin/sh
            while ! [ -e '\(word)' ]; do sleep 0.05; done
            exec '\(Stage.programs)/aws-oidc-stand-ins' browser "$1"

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: script))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)
    }

    /// Has them sign in.
    func goOn() throws {
        try Data().write(to: URL(fileURLWithPath: word))
    }
}

extension Stage {
    /// A person who waits for `goOn`.
    func slowPerson() throws -> SlowPerson { try SlowPerson(self) }
}

extension Child {
    /// Whether it shows where to sign in.
    var showsAddress: Bool { errorsSoFar.contains("code_challenge=") }
}
