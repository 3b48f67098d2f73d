import Domain
package import Ports

/// Opens pages as the person's desktop does.
package struct SystemBrowser: Browser {
    private let commands: BrowserCommands
    private let search: ExecutableSearch
    private let environment: [String: String]

    /// A browser for this environment, which its process gets too.
    package init(environment: [String: String], platform: DesktopPlatform) {
        self.environment = environment
        commands = BrowserCommands(environment: environment, platform: platform)
        search = ExecutableSearch(path: environment["PATH"])
    }

    /// Opens an http(s) address; one with a character that no address may hold is refused, for it may end up on a command line.
    package func open(_ address: String) throws(BrowserError) {
        guard BrowserCommands.isAddress(address) else {
            throw .notStarted(
                command: "for the sign-in page", reason: "the address holds characters that no web address may hold")
        }
        // The first failure is the one to tell: it is about what the person asked for.
        var failure: BrowserError?
        for command in commands.configured(address) {
            do {
                return try start(command.words, named: command.text)
            } catch {
                failure = failure ?? error
            }
        }
        for words in commands.openers(address) where search.find(words[0]) != nil {
            do {
                return try start(words, named: words[0])
            } catch {
                failure = failure ?? error
            }
        }
        throw failure ?? .noneFound
    }

    private func start(_ words: [String]?, named text: String) throws(BrowserError) {
        let name = PrintableText.line(text)
        guard let words, let command = words.first else {
            throw .notStarted(command: name, reason: "a quotation in it has no end")
        }
        guard let executable = search.find(command) else {
            throw .notStarted(command: name, reason: "there is no such program")
        }
        do {
            _ = try Spawn.detached(executable, Array(words.dropFirst()), environment: environment)
        } catch {
            throw .notStarted(command: name, reason: error.reason)
        }
    }
}
