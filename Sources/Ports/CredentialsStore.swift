package import Domain

/// Keeps AWS credentials for the processes of this user on this host.
///
/// They are cheap to get again, so that nothing that is wrong with the store stops anybody: it is told as a warning, and
/// the caller goes on without.
package protocol CredentialsStore: Sendable {
    /// The record of that key; nil where there is none that may be trusted.
    func read(_ key: CredentialsKey) -> StoredCredentials?

    /// What tells drops that come later from those that were before.
    ///
    /// Taken before the id_token that credentials are made from is looked at, so that somebody else's are never stored.
    func dropMark(_ key: CredentialsKey) -> DropMark

    /// Runs `body` for a key in one process of this host at a time; the others wait and take what it made.
    ///
    /// A record for which `isEnough` holds is returned without running `body`, and so is one that another process stored
    /// after this call began. Where the right can't be had by the deadline, `body` runs all the same. What it gave is
    /// stored unless the credentials of this issuer and client were dropped since `mark`.
    func produce<Failure: Error>(
        _ key: CredentialsKey, since mark: DropMark, waitingUntil deadline: Deadline,
        isEnough: @Sendable (StoredCredentials) -> Bool,
        body: @Sendable () async throws(Failure) -> StoredCredentials
    ) async throws(Failure) -> StoredCredentials

    /// Has live credentials handed out for a while longer before they are renewed: rewrites the record's renew-after.
    func postpone(_ stored: StoredCredentials, _ key: CredentialsKey, until renewAfter: Timestamp)

    /// Forgets the credentials of an issuer and client in all of this user's folders on this host.
    ///
    /// - Returns: the folders that could not be looked into, or keep some of them.
    @discardableResult
    func drop(_ key: TokenKey) -> [UnremovedCredentials]

    /// What is kept in all of this user's folders on this host, secrets left out.
    func list() -> [CredentialsHeader]
}

/// A folder that credentials could not be removed from.
package struct UnremovedCredentials: Sendable, Hashable {
    /// The folder.
    package let folder: String
    /// What the system says.
    package let reason: String
    /// Whether permission is what is missing.
    package let lacksPermission: Bool

    /// A folder, and why.
    package init(folder: String, reason: String, lacksPermission: Bool) {
        (self.folder, self.reason, self.lacksPermission) = (folder, reason, lacksPermission)
    }
}

extension UnremovedCredentials: CustomStringConvertible {
    package var description: String {
        "the cached AWS credentials in \(folder) could not be removed: \(reason). "
            + "\(lacksPermission ? "Make it writable" : "Mend that"), then run it again."
    }
}

/// The drops of an issuer's and client's credentials up to a moment.
package struct DropMark: Sendable, Hashable {
    /// What the store keeps of them, in its own form.
    package let traces: [[UInt8]]

    /// A mark.
    package init(traces: [[UInt8]]) {
        self.traces = traces
    }
}

extension CredentialsStore {
    /// The same, for a body that looks at nothing from before this call.
    package func produce<Failure: Error>(
        _ key: CredentialsKey, waitingUntil deadline: Deadline, isEnough: @Sendable (StoredCredentials) -> Bool,
        body: @Sendable () async throws(Failure) -> StoredCredentials
    ) async throws(Failure) -> StoredCredentials {
        try await produce(key, since: dropMark(key), waitingUntil: deadline, isEnough: isEnough, body: body)
    }
}

/// Credentials with what the cache knows of them.
package struct StoredCredentials: Sendable, Hashable {
    /// The credentials.
    package let credentials: AWSCredentials
    /// From when on they are renewed.
    package let renewAfter: Timestamp
    /// The `sub` of the person whom they were made for; empty where unknown.
    package let subject: String

    /// Credentials and what is known of them.
    package init(credentials: AWSCredentials, renewAfter: Timestamp, subject: String) {
        self.credentials = credentials
        self.renewAfter = renewAfter
        self.subject = subject
    }
}
