/// AWS's shared config file, as somebody edits it who may never hurt it.
package protocol ConfigFile: Sendable {
    /// Where it is, as a person would say it.
    var path: String { get }

    /// Its bytes; nil where there is none.
    func load() throws(ConfigFileError) -> [UInt8]?

    /// The profiles that have access keys in the credentials file beside it, which go before all that is written here.
    func profilesWithStaticKeys() -> Set<String>

    /// Puts `new` in the place of `old`, whole or not at all, also where the process or the host dies meanwhile.
    ///
    /// The file keeps its mode, and a symlink stays one. What was there is kept in a backup; gives where, nil where there
    /// was nothing to keep. Two that write at once take turns; the second gets `.changed`.
    func replace(_ old: [UInt8]?, with new: [UInt8]) throws(ConfigFileError) -> String?
}

/// Why the config file can't be read or written.
package enum ConfigFileError: Error, Sendable, Hashable {
    /// It is there and can't be read.
    case unreadable(path: String, reason: String)
    /// It can't be written, and is as it was.
    case unwritable(path: String, reason: String)
    /// Somebody else wrote it since it was loaded.
    case changed(path: String)
    /// Somebody else has been writing it for too long.
    case busy(path: String)
}

extension ConfigFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) can't be read: \(reason). Correct that, or name another file in AWS_CONFIG_FILE."
        case .unwritable(let path, let reason):
            "\(path) can't be written, and is as it was: \(reason). Correct that, or name another file in AWS_CONFIG_FILE."
        case .changed(let path): "\(path) was changed by somebody else meanwhile, and is left so: run it again."
        case .busy(let path):
            "\(path) is being written by another aws-oidc configure: run it again when that one has ended."
        }
    }
}
