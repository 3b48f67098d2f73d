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
            let flags = Self.flags(arguments.dropFirst()), let issuer = flags["--issuer-url"],
            let clientID = flags["--client-id"], let roleARN = flags["--aws-role-arn"]
        else { return nil }
        key = CredentialsKey(
            issuer: issuer, clientID: clientID, roleARN: roleARN, duration: 3600,
            endpoints: EndpointVariables(Self.variable))
        let nodeLocal = flags["--node-local-cache"] ?? Self.variable("AWS_OIDC_NODE_LOCAL_CACHE")
        folders = HostLocalFolder.candidates(
            nodeLocal: nodeLocal, runtimeFolder: Self.variable("XDG_RUNTIME_DIR"), userID: getuid(),
            hostName: nodeLocal == nil ? "" : Self.hostName)
    }

    /// What the record prints, if there is one that is exactly as it should be, and fresh.
    func answer() -> ArraySlice<UInt8>? {
        let name = key.fileName
        for folder in folders {
            if let bytes = RecordFile.read(folder + "/" + name), let record = CredentialsRecord(bytes),
                record.header.isFresh(for: key, at: Timestamp(seconds: Int64(time(nil))))
            {
                return record.output
            }
        }
        return nil
    }

    /// `--flag value` and `--flag=value`; nil where there is a flag that only the client knows, one twice, or one without a value.
    private static func flags(_ arguments: ArraySlice<String>) -> [String: String]? {
        let known = ["--issuer-url", "--client-id", "--aws-role-arn", "--node-local-cache"]
        var flags: [String: String] = [:]
        var rest = arguments
        while let argument = rest.popFirst() {
            // How a sign-in would take place does not matter where there is none.
            if argument == "--device-code-flow" { continue }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let value = parts.count > 1 ? String(parts[1]) : rest.popFirst()
            guard known.contains(name), let value, !value.isEmpty, !value.hasPrefix("-"),
                flags.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return flags
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
