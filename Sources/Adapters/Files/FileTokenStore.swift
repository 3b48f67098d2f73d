package import Domain
package import Ports
import Production

/// The token cache in files on a local disk, in the place and the format of the tool that this one replaces.
package struct FileTokenStore: TokenStore {
    /// Where and how: what differs between the shared folder and a host's own.
    package struct Settings: Sendable {
        /// The folder.
        package let folder: String
        /// What is appended to the record's name: `-HOSTNAME` in a node-local folder, else nothing.
        package let nameSuffix: String
        /// This host's name, for those who wait elsewhere.
        package let hostName: String
        /// How long to wait for others.
        package let limits: ProductionLimits

        /// Settings of a store.
        package init(folder: String, nameSuffix: String, hostName: String, limits: ProductionLimits) {
            self.folder = folder
            self.nameSuffix = nameSuffix
            self.hostName = hostName
            self.limits = limits
        }
    }

    let settings: Settings
    let digester: any Digester
    let time: any TimeSource
    let notices: any Notices

    /// The store in that folder, which is made when something is to be stored.
    package init(_ settings: Settings, digester: any Digester, time: any TimeSource, notices: any Notices) {
        self.settings = settings
        self.digester = digester
        self.time = time
        self.notices = notices
    }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        // A folder that is not there holds nothing, and is not made for a look.
        guard hasFolder else { return nil }
        let files = try files(key)
        return files.stored(try files.look())
    }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {
        guard hasFolder else { return }
        try files(key).remove()
    }

    /// Whether there is anything at the folder's path.
    var hasFolder: Bool { PrivateFolder.isAnything(at: settings.folder) }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        let files = try files(key)
        let right = FileRight(
            path: files.folder.file(files.name + ".right"), hostName: settings.hostName, time: time,
            goLock: GoLockFile(path: files.folder.file(baseName(key) + ".lock")))
        return try await SingleFlight(
            records: files, right: right, limits: settings.limits, time: time, notices: notices
        ).produce(purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
    }

    /// Stores the tokens that `offer` makes of this store's, unless those change after they were looked at.
    ///
    /// It looks here before `offer` looks elsewhere: what was removed in between stays removed.
    func adopt(_ key: TokenKey, _ offer: (TokenSet?) -> TokenSet?) throws(TokenStoreError) {
        let files = try files(key)
        let look = try files.look()
        guard let tokens = offer(look.tokens) else { return }
        _ = try files.publish(tokens, after: look, isCheckpoint: false, into: nil)
    }

    private func files(_ key: TokenKey) throws(TokenStoreError) -> TokenFiles {
        TokenFiles(
            folder: try PrivateFolder.forTokens(settings.folder), name: baseName(key) + settings.nameSuffix,
            digester: digester)
    }

    private func baseName(_ key: TokenKey) -> String {
        hexadecimal(digester.digest(Array(key.text.utf8), .sha256))
    }
}
