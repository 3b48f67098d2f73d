import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A call of `creds-process` that a cached record may answer.
struct CachedRequest {
    private let key: CredentialsKey
    private let folders: [String]

    /// Takes the arguments of the plain call, each flag once; nil for anything else.
    init?(arguments: ArraySlice<String>) {
        guard arguments.first == "creds-process", Self.variable("AWS_OIDC_CREDENTIALS_CACHE") == nil,
            let flags = PlainFlags.read(arguments.dropFirst(), known: Self.known), let issuer = flags["--issuer-url"],
            let clientID = flags["--client-id"], let roleARN = flags["--aws-role-arn"]
        else { return nil }
        var duration = SessionDuration.oneHour
        if let text = flags["--session-duration"] {
            guard let asked = try? SessionDuration(text) else { return nil }
            duration = asked
        }
        key = CredentialsKey(
            issuer: issuer, clientID: clientID, roleARN: roleARN, duration: Int64(duration.seconds),
            endpoints: EndpointVariables(Self.variable))
        let nodeLocal = flags["--node-local-cache"] ?? Self.variable("AWS_OIDC_NODE_LOCAL_CACHE")
        // One of the home is for the client to find, and a relative one to refuse.
        if let nodeLocal, !nodeLocal.isEmpty, !nodeLocal.hasPrefix("/") { return nil }
        folders = HostLocalFolder.candidates(
            nodeLocal: nodeLocal, runtimeFolder: Self.variable("XDG_RUNTIME_DIR"), userID: getuid(),
            hostName: nodeLocal == nil ? "" : Self.hostName)
    }

    /// What the record prints, if there is one that is exactly as it should be, and fresh.
    func answer() -> ArraySlice<UInt8>? {
        let name = key.fileName
        for folder in folders {
            if let bytes = RecordFile.read(name, in: folder), let record = CredentialsRecord(bytes),
                record.header.isFresh(for: key, at: Timestamp(seconds: Int64(time(nil))))
            {
                return record.output
            }
        }
        return nil
    }

    private static let known = [
        "--issuer-url", "--client-id", "--aws-role-arn", "--node-local-cache", "--session-duration",
    ]

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
