import Application
import Domain
import Host
import Okta
import Web

/// Okta, and what stands before it.
struct AskedOkta: Sendable {
    let directory: OktaDirectory
    let cache: CachedDirectory
}

extension ServerComposition {
    /// What the parts of the config service know of themselves.
    static func gauges(
        _ roles: ServedRoleMap, _ tokens: VerifiedTokens, _ groups: GroupsFile?, _ time: HostClock
    ) async -> [ServiceMetrics.Gauge] {
        let condition = roles.condition
        let map = condition.snapshot?.map
        let verified = await tokens.statistics
        var gauges = [
            ServiceMetrics.Gauge(
                "role_map_roles", Double(map?.entries.count ?? 0), help: "Pairs of a role and a client that are served."
            ),
            ServiceMetrics.Gauge(
                "role_map_conditional_roles", Double(map?.conditional.count ?? 0),
                help: "Roles that can't be judged from outside."),
            ServiceMetrics.Gauge(
                "role_map_accounts", Double(condition.snapshot?.accountCount ?? 0), help: "Accounts that have roles."),
            ServiceMetrics.Gauge(
                "role_map_stale_accounts", Double(map?.stale.count ?? 0),
                help: "Accounts of which what is served is old, or not known yet."),
            ServiceMetrics.Gauge(
                "role_map_ok", condition.trouble == nil && map != nil ? 1 : 0,
                help: "1 where the source of the role map gave a good one last."),
            ServiceMetrics.Gauge(
                "token_cache_hits_total", Double(verified.hits), isCounter: true,
                help: "Tokens that had been verified before."),
            ServiceMetrics.Gauge(
                "token_verifications_total", Double(verified.verifications), isCounter: true,
                help: "Tokens that were verified or refused."),
            ServiceMetrics.Gauge(
                "identity_provider_ok", await tokens.isProviderWell ? 1 : 0,
                help: "1 unless the identity provider's keys could not be had when it was last asked."),
            ServiceMetrics.Gauge(
                "identity_provider_failures_total", Double(verified.failures), isCounter: true,
                help: "Times that the identity provider was asked for its keys in vain."),
        ]
        if let confirmedAt = condition.confirmedAt {
            gauges.append(
                ServiceMetrics.Gauge(
                    "role_map_age_seconds", (time.uptime() - confirmedAt).rounded(),
                    help: "Seconds since the scan that made the map; where that is not known, since it was read."))
        }
        if let scan = condition.scan {
            gauges += [
                ServiceMetrics.Gauge(
                    "scan_accounts", Double(scan.readAccounts), help: "Accounts that the last scan read."),
                ServiceMetrics.Gauge(
                    "scan_failed_accounts", Double(scan.failedAccounts),
                    help: "Accounts that the last scan could not read."),
                ServiceMetrics.Gauge(
                    "scan_failed_organizations", Double(scan.failedOrganizations),
                    help: "Organizations that the last scan could not list."),
            ]
        }
        if let groups {
            gauges.append(
                ServiceMetrics.Gauge(
                    "groups_file_ok", groups.problem == nil ? 1 : 0,
                    help: "1 where the groups file is as it was read last."))
        }
        return gauges
    }

    /// What is known of Okta, where it is asked.
    static func gauges(_ okta: AskedOkta?) async -> [ServiceMetrics.Gauge] {
        guard let okta else { return [] }
        let asked = await okta.cache.statistics
        return [
            ServiceMetrics.Gauge(
                "directory_cache_hits_total", Double(asked.hits), isCounter: true,
                help: "Questions to the directory that a recent answer saved."),
            ServiceMetrics.Gauge(
                "directory_requests_total", Double(await okta.directory.requests), isCounter: true,
                help: "Requests that went to the directory, those for access tokens among them."),
            ServiceMetrics.Gauge(
                "directory_stale_total", Double(asked.stale), isCounter: true,
                help: "Questions that an older answer stood in for."),
            ServiceMetrics.Gauge(
                "directory_ok", await okta.cache.isWell ? 1 : 0, help: "1 unless the directory failed when last asked."),
            ServiceMetrics.Gauge(
                "directory_failures_total", Double(asked.failures), isCounter: true,
                help: "Questions that the directory did not answer."),
        ]
    }
}
