package import Domain
import Locking
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
        /// The folder above, where it lies in one that belongs to nobody in particular: it must be this user's as well.
        package let ownFolderAbove: String?

        /// Settings of a store.
        package init(
            folder: String, nameSuffix: String, hostName: String, limits: ProductionLimits,
            ownFolderAbove: String? = nil
        ) {
            self.ownFolderAbove = ownFolderAbove
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
    /// Of a host's own store: where what it publishes came from.
    var source: Guarded<RecordSource>?
    /// Of a host's own store: brings what other hosts have made, while a process of this one is waited for.
    var elsewhere: (@Sendable () -> Void)?

    /// The store in that folder, which is made when something is to be stored.
    package init(_ settings: Settings, digester: any Digester, time: any TimeSource, notices: any Notices) {
        self.settings = settings
        self.digester = digester
        self.time = time
        self.notices = notices
    }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        guard let files = try presentFiles(key) else { return nil }
        return files.stored(try files.look())
    }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {
        try presentFiles(key)?.remove()
    }

    package func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange {
        guard let look = try presentFiles(key)?.look() else { return LastChange() }
        return LastChange(generation: look.generation, isRemoval: look.tokens == nil && look.isRemoved)
    }

    package func damage(_ key: TokenKey) -> TokenStoreError? {
        guard let files = try? presentFiles(key), (try? files.look())?.isDamaged == true else { return nil }
        return .unusable(
            path: files.path, reason: "it is damaged, or no token record at all",
            remedy: "The next sign-in sets it aside.")
    }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        let files = try files(key)
        return try await SingleFlight(
            records: files, right: right(key, files), limits: settings.limits, time: time, notices: notices,
            elsewhere: elsewhere
        ).produce(purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
    }

    /// What is here, and which record of the shared store it came from.
    func hostRecord(_ key: TokenKey) throws(TokenStoreError) -> HostRecord {
        guard let files = try presentFiles(key) else { return HostRecord(stored: nil, origin: nil) }
        return HostRecord(files, try files.look())
    }

    /// Stores the tokens that `offer` makes of this store's, unless those change after they were looked at.
    ///
    /// It looks here before `offer` looks elsewhere: what was removed in between stays removed.
    func adopt(_ key: TokenKey, _ offer: (HostRecord) -> TokenSet?) throws(TokenStoreError) {
        let files = try files(key)
        if try files.look().isDamaged { try? files.setDamagedAside() }
        let look = try files.look()
        guard let tokens = offer(HostRecord(files, look)) else { return }
        _ = try files.publish(tokens, after: look, isCheckpoint: true, into: nil)
    }

    /// Writes down for those who wait what this process, which has the right, does or waits for.
    func noteHolder(_ key: TokenKey, _ purpose: ProductionPurpose) {
        guard let files = try? presentFiles(key) else { return }
        right(key, files).noteHolder(purpose)
    }

    private func right(_ key: TokenKey, _ files: TokenFiles) -> FileRight {
        FileRight(
            path: files.folder.file(files.name + ".right"), hostName: settings.hostName, time: time,
            goLock: GoLockFile(path: files.folder.file(baseName(key) + ".lock")))
    }

    /// Does that in one process of this host at a time, and no more often than every so many seconds among them all.
    func onceInAWhile(_ key: TokenKey, seconds: Double, _ body: () -> Void) {
        guard let files = try? presentFiles(key) else { return }
        FileLock.onceInAWhile(files.folder.file(files.name + ".look"), seconds, at: time.uptime(), body)
    }

    /// A secret's SHA-256, as a state names it.
    func hash(_ secret: Secret) -> String { hexadecimal(digester.digest(Array(secret.revealed.utf8), .sha256)) }

    /// The key's files, in a folder that is made where it is missing.
    private func files(_ key: TokenKey) throws(TokenStoreError) -> TokenFiles {
        if let above = settings.ownFolderAbove { _ = try PrivateFolder.forTokens(above, followsLinks: false) }
        return files(key, in: try PrivateFolder.forTokens(settings.folder))
    }

    /// The key's files; nil where there is no folder: it holds nothing, and is not made for a look.
    private func presentFiles(_ key: TokenKey) throws(TokenStoreError) -> TokenFiles? {
        if let above = settings.ownFolderAbove {
            guard try PrivateFolder.presentForTokens(above, followsLinks: false) != nil else { return nil }
        }
        return try PrivateFolder.presentForTokens(settings.folder).map { files(key, in: $0) }
    }

    private func files(_ key: TokenKey, in folder: PrivateFolder) -> TokenFiles {
        let baseName = baseName(key)
        return TokenFiles(
            folder: folder, name: baseName + settings.nameSuffix, lockName: baseName, digester: digester,
            source: source)
    }

    private func baseName(_ key: TokenKey) -> String {
        hexadecimal(digester.digest(Array(key.text.utf8), .sha256))
    }
}
