import Domain
import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What is asked of the process that looks after a token store.
enum ServantRequest: Codable, Sendable {
    /// Whoever asks has not been stopped, and needs no answer to that.
    case alive
    /// Whoever asks hangs up, and lives on: what was allowed it may still do, by itself.
    case farewell

    case read(Key)
    case lastChange(Key)
    /// Why there is a record that is taken for none: an error, where there is one.
    case damage(Key)
    case remove(Key)
    case produce(Key, purpose: String, deadline: Double?)
    /// The answer to `isEnough` or `isRight`.
    case verdict(Bool)

    // While a body runs:
    case newest
    case reserve
    case spend(String)
    case keep(String)
    case checkpoint(Data)
    case noteRefused(String)
    /// The body has ended, with these tokens or without.
    case finish(Data?)

    /// A token key on its way.
    struct Key: Codable, Sendable {
        let issuer: String
        let clientID: String

        init(_ key: TokenKey) {
            issuer = key.issuer.text
            clientID = key.clientID.text
        }

        var key: TokenKey? {
            guard let issuer = try? Issuer(issuer), let clientID = try? ClientID(clientID) else { return nil }
            return TokenKey(issuer: issuer, clientID: clientID)
        }
    }
}

/// What the process that looks after a token store answers.
enum ServantAnswer: Codable, Sendable {
    /// It has started.
    case hello
    /// It waits, and not for a file.
    case alive
    case tell(String)
    case warn(String)
    /// It waits for somebody who does that.
    case waits(purpose: String)

    case stored(Stored?)
    case changed(generation: UInt64, isRemoval: Bool)
    case done
    case failed(Failure)
    case spending(isAllowed: Bool, sentBy: Double?)

    /// Questions to whoever wants something produced.
    case isEnough(Data)
    case isRight(Data)
    /// The right is there: the body may run.
    case body
    case produced(Data, unstored: Failure?, isDropped: Bool)
    /// The body ended without tokens, and the right is given back.
    case stopped

    /// A record on its way.
    struct Stored: Codable, Sendable {
        let tokens: Data
        let generation: UInt64
        let isRefused: Bool

        init?(_ stored: StoredTokens) {
            guard let tokens = TokenRecordCoding.encode(stored.tokens) else { return nil }
            self.tokens = Data(tokens)
            generation = stored.generation
            isRefused = stored.isRefreshTokenRefused
        }

        var stored: StoredTokens? {
            TokenRecordCoding.decode(Array(tokens)).map {
                StoredTokens(tokens: $0, generation: generation, isRefreshTokenRefused: isRefused)
            }
        }
    }

    /// A store's error on its way; what a body ended with never leaves its own process.
    enum Failure: Codable, Sendable {
        case refused(path: String, reason: String, remedy: String?)
        case contradicted(path: String, reason: String, remedy: String)
        case unusable(path: String, reason: String, remedy: String)
        case notWritable(path: String, reason: String, lack: StoreLack?)
        case notReadable(path: String, reason: String, lack: StoreLack?)
        case overtaken(path: String)
        case waitedTooLong(seconds: Int, holder: Holder?)

        struct Holder: Codable, Sendable {
            let host: String
            let processID: Int32
            let purpose: String
            let since: Int64
        }

        init(_ error: TokenStoreError) {
            switch error {
            case .refused(let path, let reason, let remedy):
                self = .refused(path: path, reason: reason, remedy: remedy)
            case .contradicted(let path, let reason, let remedy):
                self = .contradicted(path: path, reason: reason, remedy: remedy)
            case .unusable(let path, let reason, let remedy):
                self = .unusable(path: path, reason: reason, remedy: remedy)
            case .notWritable(let path, let reason, let lack):
                self = .notWritable(path: path, reason: reason, lack: lack)
            case .notReadable(let path, let reason, let lack):
                self = .notReadable(path: path, reason: reason, lack: lack)
            case .overtaken(let path): self = .overtaken(path: path)
            case .waitedTooLong(let seconds, let holder):
                self = .waitedTooLong(
                    seconds: seconds,
                    holder: holder.map {
                        Holder(
                            host: $0.host, processID: $0.processID, purpose: $0.purpose.rawValue,
                            since: $0.since.seconds)
                    })
            case .stopped(let reason): self = .notReadable(path: "", reason: "\(reason)", lack: nil)
            }
        }

        var error: TokenStoreError {
            switch self {
            case .refused(let path, let reason, let remedy): .refused(path: path, reason: reason, remedy: remedy)
            case .contradicted(let path, let reason, let remedy):
                .contradicted(path: path, reason: reason, remedy: remedy)
            case .unusable(let path, let reason, let remedy): .unusable(path: path, reason: reason, remedy: remedy)
            case .notWritable(let path, let reason, let lack): .notWritable(path: path, reason: reason, lack: lack)
            case .notReadable(let path, let reason, let lack): .notReadable(path: path, reason: reason, lack: lack)
            case .overtaken(let path): .overtaken(path: path)
            case .waitedTooLong(let seconds, let holder):
                .waitedTooLong(
                    seconds: seconds,
                    holder: holder.map {
                        RightHolder(
                            host: $0.host, processID: $0.processID,
                            purpose: ProductionPurpose(rawValue: $0.purpose) ?? .refresh,
                            since: Timestamp(seconds: $0.since))
                    })
            }
        }
    }
}

extension Data {
    /// A record's bytes, to be sent; nil where the tokens can't be encoded, and so could not be stored either.
    init?(record tokens: TokenSet) {
        guard let bytes = TokenRecordCoding.encode(tokens) else { return nil }
        self.init(bytes)
    }

    /// The tokens of such bytes.
    var record: TokenSet? { TokenRecordCoding.decode(Array(self)) }
}
