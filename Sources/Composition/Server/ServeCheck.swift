import AWS
import Domain
import Files
import Kubernetes
import OpenSSL
import Ports

/// Checks the settings of the config service, all of them, so that everything that is wrong is said at once.
struct ServeCheck {
    /// Where the role map comes from.
    enum Source {
        case file(String)
        case s3(S3Place)
        case configMap(ConfigMapPlace)
        case scan(ScanSettings)

        /// Where the map lies, for the log; nil where this process makes it.
        var place: String? {
            switch self {
            case .file(let path): PrintableText.line(path)
            case .s3(let place): place.text
            case .configMap(let place): place.settings.place
            case .scan: nil
            }
        }
    }

    /// A ConfigMap, and the file of the authority that vouches for its API server.
    struct ConfigMapPlace {
        let settings: KubernetesSettings
        let certificate: String?
    }

    /// Who we are to Okta.
    struct OktaClient {
        let clientID: ClientID
        let signer: SigningKey
        let keyID: String?
    }

    /// What could be made of the settings.
    struct Parts {
        var issuer: Issuer?
        var clientID: ClientID?
        var okta: OktaClient?
        var source: Source?
    }

    /// A sentence for each thing that is wrong.
    private(set) var problems: [String] = []

    /// Where a role map may lie but for a ConfigMap, as advice.
    var elsewhere = "name it by --rolemap, set AWS_ORG_ROLE_ARNS for a service that scans by itself"

    private let settings: ServeSettings
    private let variable: (String) -> String?

    init(settings: ServeSettings, variable: @escaping (String) -> String?) {
        self.settings = settings
        self.variable = variable
    }

    mutating func note(_ problem: String) {
        problems.append(problem)
    }

    mutating func parts() -> Parts {
        checkListening()
        var parts = Parts()
        if let text = required("OKTA_ISSUER_URL", "the identity provider's issuer, as in https://login.example.com") {
            do throws(InvalidIssuer) {
                parts.issuer = try Issuer(text)
            } catch {
                note("OKTA_ISSUER_URL \"\(PrintableText.line(text))\" can't be used: \(error.reason).")
            }
        }
        if let text = required("OKTA_CLIENT_ID", "the client that people's id_tokens are made for") {
            parts.clientID = client(text, "OKTA_CLIENT_ID")
        }
        parts.okta = okta()
        parts.source = source()
        return parts
    }

    /// The key that signs our requests to Okta.
    private mutating func signingKey(_ key: String) -> SigningKey? {
        do throws(UnusableKey) {
            return try SigningKey.rsa(pem: Secret(Self.unfolded(key)))
        } catch {
            note("OKTA_PRIVATE_KEY can't be used: \(error.reason). Give the PEM text that aws-oidc rsa-keygen writes.")
            return nil
        }
    }

    private mutating func checkListening() {
        let ports = [("--web-server-port", settings.port), ("--metrics-port", settings.metricsPort ?? 0)]
        for (name, port) in ports where !(0...65_535).contains(port) {
            note("\(name) \(port) is no port: they go from 0 to 65535.")
        }
        if settings.metricsPort == settings.port, settings.port != 0 {
            note("--metrics-port is the same as --web-server-port: leave it out to have /metrics served there.")
        }
        let interval = settings.refreshInterval
        if let interval, !(GoDuration.seconds(interval).map((1...1_000_000).contains) ?? false) {
            note(
                "--refresh-interval \"\(PrintableText.line(interval))\" must be a duration such as 10m or 1h, 1s at least and 1000000s at most."
            )
        }
        if !(1...100_000).contains(settings.connections) { note("--max-connections is a number from 1 to 100000.") }
        if !(0...3600).contains(settings.drain) { note("--drain-timeout must be between 0 and 3600 seconds.") }
        if (settings.certificateFile == nil) != (settings.keyFile == nil) {
            note("--tls-cert and --tls-key go together: name both, or neither.")
        }
    }

    /// Okta, unless another directory is named, or groups are mapped.
    private mutating func okta() -> OktaClient? {
        switch settings.directory {
        case "okta":
            if settings.groupsFile != nil { note("--groups-file goes with --directory id-token, not with okta.") }
        case "id-token":
            checkNoOkta("--directory id-token")
            return nil
        case nil where settings.groupsFile != nil:
            checkNoOkta("--groups-file")
            return nil
        case nil: break
        case let other?:
            note("--directory \"\(PrintableText.line(other))\" is none: it is okta or id-token.")
            return nil
        }
        let hint = "without Okta, serve by --directory id-token"
        let clientID = required("OKTA_SERVICE_CLIENT_ID", "the service app that may read apps; \(hint)")
            .flatMap { client($0, "OKTA_SERVICE_CLIENT_ID") }
        let signer = required("OKTA_PRIVATE_KEY", "that app's private key in PEM; \(hint)").flatMap { signingKey($0) }
        guard let clientID, let signer else { return nil }
        return OktaClient(clientID: clientID, signer: signer, keyID: variable("OKTA_PRIVATE_KEY_ID"))
    }

    /// Whoever tells who Okta is asked as, wants it to be asked.
    private mutating func checkNoOkta(_ flag: String) {
        let names = ["OKTA_SERVICE_CLIENT_ID", "OKTA_PRIVATE_KEY", "OKTA_PRIVATE_KEY_ID"].filter { variable($0) != nil }
        guard !names.isEmpty else { return }
        let set = names.joined(separator: ", ")
        note("with \(flag) Okta is not asked, and \(set) would be for that: leave out one or the other.")
    }

    /// Some ways to set a variable can't hold a line's end, and have `\n` for it.
    private static func unfolded(_ key: String) -> String {
        var text = ""
        var rest = key[...]
        while let backslash = rest.firstIndex(of: "\\") {
            text += rest[..<backslash]
            rest = rest[rest.index(after: backslash)...]
            if rest.first == "n" {
                text += "\n"
                rest = rest.dropFirst()
            } else {
                text += "\\"
            }
        }
        return text + rest
    }

    private mutating func source() -> Source? {
        let hasScan = variable("AWS_ORG_ROLE_ARNS") != nil
        checkPlaces(hasScan)
        if let place = settings.roleMap {
            guard !place.isEmpty else {
                note("--rolemap is empty: name a file or s3://BUCKET/KEY, or leave it out.")
                return nil
            }
            guard place.hasPrefix("s3://") else { return .file(place) }
            do throws(InvalidS3Place) {
                return .s3(try S3Place(place))
            } catch {
                note("--rolemap \"\(PrintableText.line(place))\" is no place in S3: \(error.reason).")
                return nil
            }
        }
        if hasScan {
            do throws(InvalidServerSettings) {
                return .scan(try ScanSettings(settings.scan, variable: variable))
            } catch {
                // The issuer is the service's own as well, and what is wrong with it is said there.
                error.problems.filter { !$0.hasPrefix("OKTA_ISSUER_URL") }.forEach { note($0 + ".") }
                return nil
            }
        }
        return configMap().map(Source.configMap)
    }

    /// The role map comes from one place.
    private mutating func checkPlaces(_ hasScan: Bool) {
        var places: [String] = []
        if settings.roleMap != nil { places.append("--rolemap") }
        if hasScan { places.append("AWS_ORG_ROLE_ARNS") }
        let configMap = [
            ("--configmap-name", settings.configMapName), ("--configmap-key", settings.configMapKey),
            ("--kubernetes-server", settings.kubernetesServer),
        ]
        if let named = configMap.first(where: { $0.1 != nil }) { places.append(named.0) }
        if places.count > 1 {
            note("the role map comes from one place, and these name several: \(places.joined(separator: ", ")).")
        }
        guard !hasScan || settings.roleMap != nil else {
            if let path = settings.stateFile, let reason = WritablePlace.problem(path) {
                note("--state \(PrintableText.line(path)) can't be written: \(reason).")
            }
            return
        }
        // An object in S3 is asked for as often as a scan's requests are.
        let isInS3 = settings.roleMap?.hasPrefix("s3://") ?? false
        let flags = [
            ("--state", settings.stateFile != nil), ("--skip-accts", settings.scan.skippedAccounts != nil),
            ("--refresh-interval", settings.refreshInterval != nil),
            ("--concurrency", settings.scan.concurrency != nil),
            ("--aws-retries", settings.scan.retries != nil && !isInS3),
        ]
        for (flag, isGiven) in flags where isGiven {
            note("\(flag) is for a service that scans by itself: set AWS_ORG_ROLE_ARNS, or leave it out.")
        }
        if let retries = settings.scan.retries, isInS3, !(0...100).contains(retries) {
            note("--aws-retries is a number from 0 to 100.")
        }
    }

    /// The ConfigMap that holds the role map.
    mutating func configMap() -> ConfigMapPlace? {
        guard settings.kubernetesServer != nil || variable("KUBERNETES_SERVICE_HOST") != nil else {
            note(
                "there is no place for the role map: \(elsewhere), or run in a Kubernetes cluster, "
                    + "where a ConfigMap holds it.")
            return nil
        }
        let server = kubernetesServer()
        let folder = Self.serviceAccount
        let namespace = variable("POD_NAMESPACE") ?? TextFile.line(folder + "/namespace")
        if namespace == nil {
            note("POD_NAMESPACE is not set, and \(folder)/namespace can't be read: name the ConfigMap's namespace.")
        }
        let (name, key) = (settings.configMapName ?? "rolemap", settings.configMapKey ?? "rolemap.yaml")
        for problem in KubernetesSettings.problems(namespace: namespace, name: name, key: key) { note("\(problem)") }
        // A server that is named is a proxy of the person's, which adds who they are.
        let isOwnCluster = settings.kubernetesServer == nil
        guard let server, let namespace,
            let place = try? KubernetesSettings(
                server: server, namespace: namespace, name: name, key: key,
                tokenFile: isOwnCluster ? folder + "/token" : nil)
        else { return nil }
        return ConfigMapPlace(settings: place, certificate: isOwnCluster ? folder + "/ca.crt" : nil)
    }

    private mutating func kubernetesServer() -> String? {
        if let named = settings.kubernetesServer {
            guard let address = WebAddress(named), address.isSecure || address.isLoopback else {
                note("--kubernetes-server \"\(PrintableText.line(named))\" is no https address.")
                return nil
            }
            return named.hasSuffix("/") ? String(named.dropLast()) : named
        }
        guard let host = variable("KUBERNETES_SERVICE_HOST") else { return nil }
        let port = variable("KUBERNETES_SERVICE_PORT_HTTPS") ?? variable("KUBERNETES_SERVICE_PORT") ?? "443"
        return host.contains(":") ? "https://[\(host)]:\(port)" : "https://\(host):\(port)"
    }

    private mutating func required(_ name: String, _ what: String) -> String? {
        guard let value = variable(name) else {
            note("\(name) is not set: it is \(what).")
            return nil
        }
        return value
    }

    private mutating func client(_ text: String, _ name: String) -> ClientID? {
        do throws(InvalidClientID) {
            return try ClientID(text)
        } catch {
            note("\(name) \"\(PrintableText.line(text))\" can't be used: \(error.reason).")
            return nil
        }
    }

    private static let serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"
}
