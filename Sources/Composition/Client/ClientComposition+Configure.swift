package import Application
import ConfigServiceClient
package import Domain
import Files
import Ports
import Terminal

extension ClientComposition {
    /// Gives a person's roles profiles in AWS's config file.
    package func configureProfiles(_ key: TokenKey, at address: ConfigServiceAddress) -> ConfigureProfiles {
        ConfigureProfiles(
            key: key, address: address, tokens: obtainTokens(key), service: ConfigServiceClient(http: http),
            file: EditedConfigFile(path: configPath, credentialsPath: credentialsPath, time: time),
            memory: configureMemory, prompter: prompter, time: time, notices: notices, log: log)
    }

    private var prompter: TerminalPrompter {
        TerminalPrompter(
            kind: settings.environment["TERM"], isPlain: settings.environment["NO_COLOR"].map { !$0.isEmpty } ?? false)
    }

    /// What `configure` was told the last time.
    package var rememberedConfiguration: RememberedConfiguration { configureMemory.recall() }

    private var configureMemory: ConfigureMemoryFile {
        // A relative path there is to be ignored (XDG Base Directory Specification).
        let named = settings.environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let above = named ?? home.map { $0 + "/.config" }
        return ConfigureMemoryFile(folder: above.map { $0 + "/aws-oidc" })
    }
}
