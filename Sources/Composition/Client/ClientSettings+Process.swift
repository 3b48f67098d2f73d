import Domain

extension CredentialProcess {
    /// The text, unless only a shell can expand it: that is passed over, with a warning where it matters.
    func usable(_ text: String) -> String? {
        isExpandedByShell && OurProfile.needsShell(text) ? nil : text
    }
}

extension ClientSettings {
    /// The settings of the command that a profile names: our own flags go before its flags, and its variables before ours.
    func of(_ process: CredentialProcess) -> ClientSettings {
        var settings = self
        let usable = process.usable
        settings.environment.merge(process.environment.compactMapValues(usable)) { $1 }
        settings.nodeLocalFlag = nodeLocalFlag ?? process.flags["node-local-cache"].flatMap(usable)
        settings.callbackPortFlag = callbackPortFlag ?? process.flags["callback-port"].flatMap(usable)
        settings.usesDeviceGrant = usesDeviceGrant || process.isOn("device-code-flow")
        settings.cacheFlag = cacheFlag ?? process.flags["cache"].flatMap(usable)
        settings.loginTimeoutFlag =
            loginTimeoutFlag ?? process.flags["login-timeout"].flatMap(usable).flatMap(Self.loginTimeout)
        settings.flushes = flushes || process.isOn("flush-oidc-token-cache")
        return settings
    }

    /// What is wrong with these settings, which are those of that process; nil where nothing is.
    func problem(of process: CredentialProcess) -> String? {
        if let text = cacheText, TokenCacheChoice(text) == nil { return "its --cache \(TokenCacheChoice.expectation)" }
        if let text = wrongNodeLocalText {
            return "its --node-local-cache \(HostLocalFolder.expectation), not \"\(PrintableText.line(text))\""
        }
        if let text = callbackPortText, callbackPort == nil {
            return "its --callback-port \(PrintableText.line(text)) is no port from 1024 to 65535"
        }
        if process.flags["log-file"]?.isEmpty == true { return "its --log-file \(Self.logFileExpectation), not \"\"" }
        if let credentialsCacheProblem { return credentialsCacheProblem }
        if let text = process.flags["login-timeout"].flatMap(process.usable), Self.loginTimeout(text) == nil {
            return "its --login-timeout \(PrintableText.line(text)) is not \(Self.loginTimeoutExpectation)"
        }
        return nil
    }

    /// What is wrong with the flags and variables of a profile's command that say how, not what; nil where nothing is.
    func problem(inProfile process: CredentialProcess) -> String? {
        // Most have none, and settings are not made 5,000 times for nothing.
        guard process.environment.count + process.flags.count > Self.plainFlagCount else { return nil }
        if let text = process.sessionDuration.flatMap(process.usable) {
            do throws(InvalidSessionDuration) {
                _ = try SessionDuration(text)
            } catch {
                return "\(error)"
            }
        }
        return of(process).problem(of: process)
    }

    /// How many flags a command has that says what, not how.
    private static let plainFlagCount = 3
}
