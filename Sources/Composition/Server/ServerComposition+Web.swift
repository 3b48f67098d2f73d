import Application
import Curl
import Domain
import Files
import Host
import Kubernetes
import OIDC
import Okta
import OpenSSL
import Ports
import Web

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension ServerComposition {
    /// The config service with these settings, ready to be run.
    ///
    /// - Throws: everything that is wrong with the settings, at once.
    package func configService(_ settings: ServeSettings) throws(InvalidServeSettings) -> ServedConfig {
        var check = ServeCheck(settings: settings, variable: variable)
        let parts = check.parts()
        let eventLines = LineWriter(2)
        let log = StreamLog(eventLines, loudest: settings.isVerbose ? .debug : .info, time: time)
        let groups = settings.groupsFile.map { GroupsFile(path: $0, time: time, log: log) }
        if let problem = groups?.problem { check.note(problem) }
        for problem in WebServer.problems(settings.web) { check.note("\(problem)") }
        guard check.problems.isEmpty, let issuer = parts.issuer, let clientID = parts.clientID,
            let source = parts.source
        else { throw InvalidServeSettings(problems: check.problems) }

        let roles = ServedRoleMap(place: source.place, issuer: issuer, time: time, log: log)
        let accessLines = LineWriter(1, gathering: 0.01)
        let tokens = tokens(issuer, clientID, log)
        let directory = directory(parts.okta, groups, issuer, log)
        let service = WebService(
            answer: AnswerConfigRequest(tokens: tokens, directory: directory.port, roles: roles), roles: roles,
            issuer: issuer,
            metrics: ServiceMetrics { [time] in
                await Self.gauges(roles, tokens, groups, time) + Self.gauges(directory.okta)
            },
            time: time, access: { accessLines.write($0) })
        let server: WebServer
        do throws(WebServerError) {
            server = try WebServer(settings.web, service, log: log)
        } catch {
            throw InvalidServeSettings(problems: ["\(error)"])
        }
        return ServedConfig(
            server: server, follow: following(source, settings, roles, log), groups: groups, log: log,
            lines: [accessLines, eventLines])
    }

    private func tokens(_ issuer: Issuer, _ clientID: ClientID, _ log: any Log) -> VerifiedTokens {
        VerifiedTokens(
            verifier: OpenIDProvider(
                issuer: issuer, clientID: clientID, http: http, time: time, random: cryptography,
                documents: MemoryProviderDocuments(), digester: cryptography, verifier: cryptography,
                standIn: .trouble),
            expectations: IDTokenExpectations(issuer: issuer, clientID: clientID, nonce: nil, accessToken: nil),
            digester: cryptography, time: time, log: log)
    }

    private func directory(
        _ okta: ServeCheck.OktaClient?, _ groups: GroupsFile?, _ issuer: Issuer, _ log: any Log
    ) -> (port: any PersonDirectory, okta: AskedOkta?) {
        if let okta, let proofKey = try? SigningKey.generate(.ellipticCurve(.p256)) {
            let asked = OktaDirectory(
                settings: OktaSettings(issuer: issuer, clientID: okta.clientID, signer: okta.signer, keyID: okta.keyID),
                proofKey: proofKey, http: http, time: time, random: cryptography, digester: cryptography)
            let cache = CachedDirectory(asked, time: time, log: log)
            return (cache, AskedOkta(directory: asked, cache: cache))
        }
        if let groups { return (ClaimsDirectory { groups.clients }, nil) }
        return (ClaimsDirectory(), nil)
    }

    /// What keeps the role map new until it is cancelled.
    private func following(
        _ source: ServeCheck.Source, _ settings: ServeSettings, _ roles: ServedRoleMap, _ log: any Log
    ) -> @Sendable () async -> Void {
        let feed: any RoleMapFeed
        switch source {
        case .file(let path): feed = FileRoleMapFeed(path: path, coding: YAMLRoleMapCoding(), time: time)
        case .s3(let place): feed = s3Store(place, retries: settings.scan.retries ?? ScanSettings.usualRetries)
        case .configMap(let place): feed = configMapStore(place, log)
        case .scan(let scan):
            let scans = repeatScans(
                scan, statePath: settings.stateFile,
                interval: settings.refreshInterval.flatMap(GoDuration.seconds) ?? 600)
            let map = ScannedRoleMap(scans: scans, roles: roles, log: log)
            return { await map.follow() }
        }
        return { await feed.follow { roles.take($0) } }
    }

    func configMapStore(_ place: ServeCheck.ConfigMapPlace, _ log: any Log) -> ConfigMapStore {
        // The cluster's own authority, not the one that AWS and the identity provider are checked by.
        let http = CurlHTTPClient(CurlSettings(certificateBundle: place.certificate, userAgent: "aws-oidc"))
        return ConfigMapStore(
            place.settings, coding: YAMLRoleMapCoding(), http: http, time: time, random: cryptography, log: log)
    }
}

/// The config service, ready to be run.
package struct ServedConfig: Sendable {
    let server: WebServer
    let follow: @Sendable () async -> Void
    let groups: GroupsFile?
    let log: any Log
    let lines: [LineWriter]

    /// Serves until it is told to end, by SIGTERM or SIGINT.
    ///
    /// - Throws: a sentence for a person, where nothing can be served.
    package func run() async throws {
        let (follow, groups, log, lines) = (follow, groups, log, lines)
        defer { for line in lines { line.flush() } }
        try await server.run {
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await follow() }
                if let groups { tasks.addTask { await groups.follow() } }
            }
        } abandon: {
            log.write(.warning, "the time to drain is over: what has no answer yet gets none", [:])
            for line in lines { line.flush() }
            _exit(0)
        }
        log.write(.info, "the config service has ended", [:])
    }
}
