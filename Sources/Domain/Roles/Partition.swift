/// A part of AWS with accounts, regions and host names of its own, by the name that it has in ARNs (AWS fault isolation boundaries).
package enum Partition: String, Sendable, CaseIterable {
    case aws
    case govCloud = "aws-us-gov"
    case china = "aws-cn"
    case europeanSovereign = "aws-eusc"
    case iso = "aws-iso"
    case isoB = "aws-iso-b"
    case isoE = "aws-iso-e"
    case isoF = "aws-iso-f"

    /// The partition that a region lies in, by the region's prefix; `aws` for every name that has none of the others'.
    package init(region: String) {
        self = Self.allCases.first { $0 != .aws && region.hasPrefix($0.regionPrefix) } ?? .aws
    }

    /// What the names of its regions begin with; empty for `aws`, whose regions have no prefix in common.
    package var regionPrefix: String {
        switch self {
        case .aws: ""
        case .govCloud: "us-gov-"
        case .china: "cn-"
        case .europeanSovereign: "eusc-"
        case .iso: "us-iso-"
        case .isoB: "us-isob-"
        case .isoE: "eu-isoe-"
        case .isoF: "us-isof-"
        }
    }

    /// The region to ask where nothing names one.
    package var defaultRegion: String {
        switch self {
        case .aws: "us-east-1"
        case .govCloud: "us-gov-west-1"
        case .china: "cn-north-1"
        case .europeanSovereign: "eusc-de-east-1"
        case .iso: "us-iso-east-1"
        case .isoB: "us-isob-east-1"
        case .isoE: "eu-isoe-west-1"
        case .isoF: "us-isof-south-1"
        }
    }

    /// What host names of services end with.
    package var hostSuffix: String {
        switch self {
        case .aws, .govCloud: "amazonaws.com"
        case .china: "amazonaws.com.cn"
        case .europeanSovereign: "amazonaws.eu"
        case .iso: "c2s.ic.gov"
        case .isoB: "sc2s.sgov.gov"
        case .isoE: "cloud.adc-e.uk"
        case .isoF: "csp.hci.ic.gov"
        }
    }

    /// What host names of services end with that answer over IPv4 and IPv6.
    package var dualStackHostSuffix: String {
        switch self {
        case .aws, .govCloud: "api.aws"
        case .china: "api.amazonwebservices.com.cn"
        case .europeanSovereign: "api.amazonwebservices.eu"
        case .iso: "api.aws.ic.gov"
        case .isoB: "api.aws.scloud"
        case .isoE: "api.cloud-aws.adc-e.uk"
        case .isoF: "api.aws.hci.ic.gov"
        }
    }
}
