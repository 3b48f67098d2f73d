package import Domain
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

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
        /// How long to wait for somebody else's refresh, in seconds.
        package let refreshLimit: Double
        /// How long to wait for somebody else's sign-in, in seconds.
        package let signInLimit: Double

        /// Settings of a store.
        package init(folder: String, nameSuffix: String, hostName: String, refreshLimit: Double, signInLimit: Double) {
            self.folder = folder
            self.nameSuffix = nameSuffix
            self.hostName = hostName
            self.refreshLimit = refreshLimit
            self.signInLimit = signInLimit
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
    var hasFolder: Bool {
        var status = stat()
        return lstat(settings.folder, &status) == 0 || errno != ENOENT && errno != ENOTDIR
    }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        let files = try files(key)
        let queue = ProductionQueue(
            files: files, goLock: GoLockFile(path: files.folder.file(baseName(key) + ".lock")), settings: settings,
            time: time, notices: notices)
        switch try await queue.turn(until: deadline, isEnough: isEnough, isRight: isRight) {
        case .taken(let tokens):
            return ProducedTokens(tokens: tokens, unstored: nil)
        case .mine(let right):
            right.note(purpose, since: time.now(), host: settings.hostName)
            defer { right.end() }
            return try await produce(files, body)
        }
    }

    private func produce(
        _ files: TokenFiles, _ body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        files.clean()
        if try files.look().isDamaged {
            try? files.setDamagedAside()
            notices.warn("the token record \(files.path) could not be read; it was set aside as \(files.path).damaged.")
        }
        let production = FileTokenProduction(files: files, look: try files.look())
        do {
            let tokens = try await body(production)
            return ProducedTokens(tokens: tokens, unstored: production.publish(tokens))
        } catch {
            throw .stopped(error.reason)
        }
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
        do {
            let folder = try PrivateFolder.ensured(settings.folder)
            return TokenFiles(folder: folder, name: baseName(key) + settings.nameSuffix, digester: digester)
        } catch {
            switch error {
            case .untrusted(let reason, let remedy):
                throw .refused(path: settings.folder, reason: reason, remedy: remedy)
            case .failure(let failure):
                throw .notWritable(path: failure.path, reason: failure.reason)
            }
        }
    }

    private func baseName(_ key: TokenKey) -> String {
        hexadecimal(digester.digest(Array(key.text.utf8), .sha256))
    }
}
