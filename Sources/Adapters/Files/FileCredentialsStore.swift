package import Domain
package import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// AWS credentials in private files of this host.
package struct FileCredentialsStore: CredentialsStore {
    private let files: HostFiles
    private let time: any TimeSource
    private let notices: any Notices

    private static let prefix = "credentials-"
    private static let dropsPrefix = "drops-"

    /// The store in these files.
    package init(files: HostFiles, time: any TimeSource, notices: any Notices) {
        self.files = files
        self.time = time
        self.notices = notices
    }

    package func read(_ key: CredentialsKey) -> StoredCredentials? {
        // Of every folder, as the front door looks: another environment may have written elsewhere.
        files.readAll(key.fileName).compactMap { CredentialsRecord($0) }.filter { $0.header.key == key.text }
            .max { $0.header.renewAfter < $1.header.renewAfter }.flatMap { StoredCredentials($0) }
    }

    package func produce<Failure: Error>(
        _ key: CredentialsKey, since mark: DropMark, waitingUntil deadline: Deadline,
        isEnough: @Sendable (StoredCredentials) -> Bool, body: @Sendable () async throws(Failure) -> StoredCredentials
    ) async throws(Failure) -> StoredCredentials {
        let began = time.uptime()
        var isTold = false
        let first = read(key)
        var pause = 0.005
        var lock: FileLock?
        while true {
            do {
                lock = try files.lock(key.fileName)
            } catch {
                // No folder, or a full disk: nobody can be waited for.
                break
            }
            if let stored = read(key), isEnough(stored) || stored != first && stored.credentials != first?.credentials {
                return stored
            }
            if lock != nil || deadline.left(time) == 0 { break }
            if time.uptime() - began > 3, !isTold {
                notices.tell("Waiting for another process that asks AWS for these credentials…")
                isTold = true
            }
            await time.sleep(seconds: pause)
            pause = min(0.05, pause * 1.5)
        }
        let stored = try await body()
        store(stored, key, since: mark)
        withExtendedLifetime(lock) {}
        return stored
    }

    package func postpone(_ stored: StoredCredentials, _ key: CredentialsKey, until renewAfter: Timestamp) {
        exclusively(Self.dropsName(key.issuer, key.clientID), in: files.folder()) {
            // Somebody may have renewed them, or dropped them, meanwhile.
            guard read(key) == stored else { return }
            write(
                StoredCredentials(
                    credentials: stored.credentials, renewAfter: renewAfter, subject: stored.subject), key)
        }
    }

    @discardableResult
    package func drop(_ key: TokenKey) -> [UnremovedCredentials] {
        // Made if need be: a producer that makes its first record at this moment must find the mark.
        _ = files.folder()
        // In all of them: which one a process writes to depends on its environment. All marks come first, so that what
        // is being produced is not stored; and removed is from the last one that is read to the first, or a process that
        // postpones could bring a record from a folder behind into one that was cleared already.
        let name = Self.dropsName(key.issuer.text, key.clientID.text)
        // Any mark will do that was never there before, even after the folder has gone and come back.
        let mark = Array("\(UInt64.random(in: 0...UInt64.max))\n".utf8)
        let folders = files.folders
        // On a network file system nothing is written, and only what is left there is removed.
        let local = folders.filter { !FileSystemKind.isNetwork($0.path) }
        for folder in local { exclusively(name, in: folder) { files.replace(name, with: mark, in: folder) } }
        var unremoved: [UnremovedCredentials] = []
        for folder in folders.reversed() {
            guard local.contains(where: { $0.path == folder.path }) else {
                unremoved += removeRecords(of: key, in: folder)
                continue
            }
            exclusively(name, in: folder) {
                unremoved += removeRecords(of: key, in: folder)
                // On a full disk there is room for the mark only now.
                if read(name, in: folder) != mark { files.replace(name, with: mark, in: folder) }
            }
        }
        return unremoved
    }

    package func list() -> [CredentialsHeader] {
        files.folders.flatMap { folder in
            ((try? Posix.names(in: folder.path)) ?? []).sorted()
                .filter { $0.hasPrefix(Self.prefix) && !$0.hasSuffix(".lock") }
                .compactMap { CredentialsRecord(read($0, in: folder))?.header }
        }
    }

    /// Gives the folder where it could not be read, or not all of them be removed.
    private func removeRecords(of key: TokenKey, in folder: PrivateFolder) -> [UnremovedCredentials] {
        var failure = folder.readingFailure
        for file in (try? Posix.names(in: folder.path)) ?? []
        where file.hasPrefix(Self.prefix) && !file.hasSuffix(".lock") {
            guard let owner = CredentialsRecord(read(file, in: folder))?.header.issuerAndClient,
                owner == (key.issuer.text, key.clientID.text)
            else { continue }
            failure = files.remove(file, from: folder) ?? failure
        }
        return failure.map {
            [UnremovedCredentials(folder: folder.path, reason: $0.reason, lacksPermission: $0.lacksPermission)]
        } ?? []
    }

    /// The file's bytes, and no byte where there is none that can be trusted.
    private func read(_ name: String, in folder: PrivateFolder) -> [UInt8] {
        let bytes = try? PrivateFile.read(folder.file(name), limit: CredentialsRecord.sizeLimit, tightens: false)
        return bytes.flatMap { $0 } ?? []
    }

    private func store(_ stored: StoredCredentials, _ key: CredentialsKey, since mark: DropMark) {
        exclusively(Self.dropsName(key.issuer, key.clientID), in: files.folder()) {
            // Signed out, or signed in as somebody else, while STS was asked: these are nobody's any more.
            if dropMark(key) == mark { write(stored, key) }
        }
        // Somebody has just waited for AWS: now it costs nobody anything.
        if let folder = files.folder() { StaleDrops.remove(in: folder, prefix: Self.dropsPrefix) }
    }

    private func write(_ stored: StoredCredentials, _ key: CredentialsKey) {
        let header = CredentialsHeader(
            renewAfter: stored.renewAfter, expiry: stored.credentials.expiry, key: key, subject: stored.subject)
        let bytes = CredentialsRecord.bytes(header, CredentialProcessOutput(stored.credentials))
        guard bytes.count <= CredentialsRecord.sizeLimit, let failure = files.replace(key.fileName, with: bytes)
        else { return }
        notices.warn("the AWS credentials can't be cached (\(failure)), so that every call asks AWS again.")
    }

    /// Runs a moment's work with nobody else in it; where the lock can't be had, runs it all the same.
    private func exclusively(_ name: String, in folder: PrivateFolder?, _ body: () -> Void) {
        let lock = folder.flatMap { try? FileLock.takeSoon($0.file(name + ".lock"), within: 2) }
        body()
        withExtendedLifetime(lock) {}
    }

    /// What drops have left in each folder: something else than before where the credentials were dropped meanwhile.
    package func dropMark(_ key: CredentialsKey) -> DropMark {
        // Made if need be, or a drop that makes it would look like one to whoever looked before.
        _ = files.folder()
        let name = Self.dropsName(key.issuer, key.clientID)
        return DropMark(traces: files.folders.map { read(name, in: $0) })
    }

    private static func dropsName(_ issuer: String, _ clientID: String) -> String {
        dropsPrefix + FNV1a.hexadecimal(issuer + "\n" + clientID)
    }
}

extension StoredCredentials {
    /// The credentials of a record: what it prints, read back.
    fileprivate init?(_ record: CredentialsRecord) {
        guard let printed = try? JSONDecoder().decode(Printed.self, from: Data(record.output)), printed.Version == 1
        else { return nil }
        self.init(
            credentials: AWSCredentials(
                accessKeyID: printed.AccessKeyId, secretAccessKey: Secret(printed.SecretAccessKey),
                sessionToken: Secret(printed.SessionToken), expiry: record.header.expiry),
            renewAfter: record.header.renewAfter, subject: record.header.subject)
    }

    private struct Printed: Decodable {
        var Version: Int
        var AccessKeyId: String
        var SecretAccessKey: String
        var SessionToken: String
    }
}

/// Keeps nothing: for those who want no secrets on disk (`AWS_OIDC_CREDENTIALS_CACHE=off`).
///
/// What others keep, who have not said so, is still to be seen and to be forgotten.
package struct NoCredentialsStore: CredentialsStore {
    private let others: FileCredentialsStore?

    /// The store that keeps nothing, beside what others keep.
    package init(beside others: FileCredentialsStore? = nil) {
        self.others = others
    }

    package func read(_ key: CredentialsKey) -> StoredCredentials? { nil }

    package func dropMark(_ key: CredentialsKey) -> DropMark { DropMark(traces: []) }

    package func produce<Failure: Error>(
        _ key: CredentialsKey, since mark: DropMark, waitingUntil deadline: Deadline,
        isEnough: @Sendable (StoredCredentials) -> Bool, body: @Sendable () async throws(Failure) -> StoredCredentials
    ) async throws(Failure) -> StoredCredentials {
        try await body()
    }

    package func postpone(_ stored: StoredCredentials, _ key: CredentialsKey, until renewAfter: Timestamp) {}

    package func drop(_ key: TokenKey) -> [UnremovedCredentials] { others?.drop(key) ?? [] }

    package func list() -> [CredentialsHeader] { others?.list() ?? [] }
}
