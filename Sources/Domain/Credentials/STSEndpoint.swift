/// Which STS to ask for a role: a region of the role's own partition, at its own host or at a configured address.
package struct STSEndpoint: Sendable, Hashable {
    /// The address that requests are posted to.
    package let address: String
    /// The host in the address.
    package let host: String
    /// The region that is asked.
    package let region: String

    /// Finds the endpoint for roles of a partition (AWS SDKs and Tools Reference Guide: region, endpoints, FIPS and dual-stack).
    ///
    /// - Throws: `InvalidSTSSettings` where the settings can't be followed.
    package init(for partition: Partition, _ settings: Settings) throws(InvalidSTSSettings) {
        region = try Self.region(partition, settings.regions)
        let fips = try Self.flag("AWS_USE_FIPS_ENDPOINT", settings.useFIPS)
        let dualStack = try Self.flag("AWS_USE_DUALSTACK_ENDPOINT", settings.useDualStack)
        if let (variable, text) = try Self.configured(settings) {
            // As the SDKs do: a host of one's own can't be made to be another.
            if fips { throw .conflict(variable, "AWS_USE_FIPS_ENDPOINT") }
            if dualStack { throw .conflict(variable, "AWS_USE_DUALSTACK_ENDPOINT") }
            (address, host) = try Self.checked(variable, text)
        } else {
            let name = try fips ? Self.fipsName(partition, region, dualStack: dualStack) : "sts"
            host = "\(name).\(region).\(dualStack ? partition.dualStackHostSuffix : partition.hostSuffix)"
            address = "https://\(host)/"
        }
    }

    /// The first candidate of the partition; `aws-global` and its like name no region that could be asked.
    private static func region(_ partition: Partition, _ candidates: [String]) throws(InvalidSTSSettings) -> String {
        for candidate in candidates where !candidate.isEmpty {
            guard candidate.utf8.count <= 63, candidate.utf8.first != UInt8(ascii: "-"),
                candidate.utf8.last != UInt8(ascii: "-"), candidate.utf8.allSatisfy(isRegionCharacter)
            else { throw .region(candidate) }
            if Partition(region: candidate) == partition, !candidate.hasSuffix("-global") { return candidate }
        }
        return partition.defaultRegion
    }

    private static func isRegionCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// Anything but true and false is refused: a misspelt wish for FIPS must not go unheard.
    private static func flag(_ variable: String, _ text: String?) throws(InvalidSTSSettings) -> Bool {
        switch text?.lowercased() ?? "" {
        case "true": true
        case "false", "": false
        default: throw .flag(variable, text ?? "")
        }
    }

    private static func configured(_ settings: Settings) throws(InvalidSTSSettings) -> (variable: String, text: String)?
    {
        if try flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", settings.ignoreConfiguredURLs) { return nil }
        if let text = settings.stsURL, !text.isEmpty { return ("AWS_ENDPOINT_URL_STS", text) }
        if let text = settings.anyURL, !text.isEmpty { return ("AWS_ENDPOINT_URL", text) }
        return nil
    }

    private static func checked(_ variable: String, _ text: String) throws(InvalidSTSSettings)
        -> (address: String, host: String)
    {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("?"), !text.contains("#"),
            let address = WebAddress(text)
        else { throw .address(variable, text) }
        guard address.isSecure || address.isLoopback else { throw .insecure(variable, text) }
        return (address.path.isEmpty ? text + "/" : text, address.host)
    }

    /// STS has FIPS hosts in four regions of `aws`; in GovCloud the ordinary host is one already.
    private static func fipsName(_ partition: Partition, _ region: String, dualStack: Bool)
        throws(InvalidSTSSettings) -> String
    {
        switch partition {
        case .govCloud:
            return dualStack ? "sts-fips" : "sts"
        case .aws where ["us-east-1", "us-east-2", "us-west-1", "us-west-2"].contains(region):
            return "sts-fips"
        default:
            throw .noFIPS(partition, region: region)
        }
    }
}

extension STSEndpoint {
    /// What the user set, as it was written; an empty text counts as absent.
    package struct Settings: Sendable, Hashable {
        /// The regions named, first the one that goes first: `--region`, `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's.
        package var regions: [String] = []
        /// `AWS_USE_FIPS_ENDPOINT`.
        package var useFIPS: String?
        /// `AWS_USE_DUALSTACK_ENDPOINT`.
        package var useDualStack: String?
        /// `AWS_ENDPOINT_URL_STS`.
        package var stsURL: String?
        /// `AWS_ENDPOINT_URL`.
        package var anyURL: String?
        /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`.
        package var ignoreConfiguredURLs: String?

        /// Nothing set.
        package init() {}

        /// What a flag, the profile and the environment say.
        package init(region: String?, profileRegion: String?, variable: (String) -> String?) {
            regions = [region, variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"), profileRegion].compactMap(\.self)
            useFIPS = variable("AWS_USE_FIPS_ENDPOINT")
            useDualStack = variable("AWS_USE_DUALSTACK_ENDPOINT")
            stsURL = variable("AWS_ENDPOINT_URL_STS")
            anyURL = variable("AWS_ENDPOINT_URL")
            ignoreConfiguredURLs = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        }
    }
}
