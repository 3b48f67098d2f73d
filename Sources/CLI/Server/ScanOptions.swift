import ArgumentParser
import CommandLineBasics
import ServerComposition

/// The flags of whoever scans organizations.
struct ScanOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Accounts that are left out, with commas between them.", valueName: "ids"))
    var skipAccts: String?

    @Option(
        help: ArgumentHelp(
            "How often a request to AWS that fails is tried again (5); where AWS throttles, four times as often.",
            valueName: "count"))
    var awsRetries: Int?

    @Option(help: ArgumentHelp("How many accounts are read at a time (16).", valueName: "count"))
    var concurrency: Int?

    /// What these flags and the environment say.
    ///
    /// - Throws: everything that is wrong, at once.
    func settings() throws(InvalidServerSettings) -> ScanSettings {
        try ScanSettings(flags) { Environment.variables[$0] }
    }

    /// What these flags say.
    var flags: ScanSettings.Flags {
        var flags = ScanSettings.Flags()
        flags.skippedAccounts = skipAccts
        flags.retries = awsRetries
        flags.concurrency = concurrency
        return flags
    }
}
