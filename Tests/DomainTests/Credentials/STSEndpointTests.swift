import Domain
import Testing

@Suite("STS endpoints") struct STSEndpointTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var partition = Partition.aws
        var variables: [String: String] = [:]
        var flag: String?
        var profile: String?
        let address: String
        let region: String

        var settings: STSEndpoint.Settings {
            STSEndpoint.Settings(region: flag, profileRegion: profile) { variables[$0] }
        }
        var testDescription: String { "\(partition) \(flag ?? "-") \(variables) \(profile ?? "-")" }
    }

    @Test(
        "The first region named that lies in the role's partition is asked, else the partition's own",
        arguments: [
            Case(address: "https://sts.us-east-1.amazonaws.com/", region: "us-east-1"),
            Case(
                variables: ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"], flag: "eu-west-3",
                profile: "eu-north-1", address: "https://sts.eu-west-3.amazonaws.com/", region: "eu-west-3"),
            Case(
                variables: ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"], profile: "eu-north-1",
                address: "https://sts.eu-west-1.amazonaws.com/", region: "eu-west-1"),
            Case(
                variables: ["AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2"], profile: "eu-north-1",
                address: "https://sts.eu-west-2.amazonaws.com/", region: "eu-west-2"),
            Case(profile: "eu-north-1", address: "https://sts.eu-north-1.amazonaws.com/", region: "eu-north-1"),
            Case(
                variables: ["AWS_REGION": "us-gov-east-1"], profile: "eu-north-1",
                address: "https://sts.eu-north-1.amazonaws.com/", region: "eu-north-1"),
            Case(
                variables: ["AWS_REGION": "aws-global"], address: "https://sts.us-east-1.amazonaws.com/",
                region: "us-east-1"),
            Case(
                partition: .china, variables: ["AWS_REGION": "us-east-1"],
                address: "https://sts.cn-north-1.amazonaws.com.cn/", region: "cn-north-1"),
            Case(
                partition: .govCloud, variables: ["AWS_REGION": "us-gov-east-1"],
                address: "https://sts.us-gov-east-1.amazonaws.com/", region: "us-gov-east-1"),
            Case(
                partition: .europeanSovereign, address: "https://sts.eusc-de-east-1.amazonaws.eu/",
                region: "eusc-de-east-1"),
            Case(partition: .iso, address: "https://sts.us-iso-east-1.c2s.ic.gov/", region: "us-iso-east-1"),
            Case(partition: .isoB, address: "https://sts.us-isob-east-1.sc2s.sgov.gov/", region: "us-isob-east-1"),
            Case(partition: .isoE, address: "https://sts.eu-isoe-west-1.cloud.adc-e.uk/", region: "eu-isoe-west-1"),
            Case(partition: .isoF, address: "https://sts.us-isof-south-1.csp.hci.ic.gov/", region: "us-isof-south-1"),
        ])
    func region(of wanted: Case) throws {
        let endpoint = try STSEndpoint(for: wanted.partition, wanted.settings)
        #expect(endpoint.address == wanted.address)
        #expect(endpoint.region == wanted.region)
        #expect("https://\(endpoint.host)/" == wanted.address)
    }

    @Test(
        "FIPS and dual-stack hosts are those of the AWS SDKs",
        arguments: [
            (Partition.aws, "us-west-2", "TRUE", "false", "sts-fips.us-west-2.amazonaws.com"),
            (.aws, "us-east-2", "true", "true", "sts-fips.us-east-2.api.aws"),
            (.aws, "eu-west-1", "false", "true", "sts.eu-west-1.api.aws"),
            (.aws, "eu-west-1", "", "", "sts.eu-west-1.amazonaws.com"),
            (.govCloud, "us-gov-east-1", "true", "false", "sts.us-gov-east-1.amazonaws.com"),
            (.govCloud, "us-gov-east-1", "true", "true", "sts-fips.us-gov-east-1.api.aws"),
            (.china, "cn-north-1", "false", "True", "sts.cn-north-1.api.amazonwebservices.com.cn"),
        ])
    func variants(partition: Partition, region: String, fips: String, dualStack: String, host: String) throws {
        var settings = STSEndpoint.Settings()
        settings.regions = [region]
        settings.useFIPS = fips
        settings.useDualStack = dualStack
        #expect(try STSEndpoint(for: partition, settings).host == host)
    }

    @Test(
        "A configured address goes before AWS's own, unless it is to be ignored",
        arguments: [
            ("https://sts.example.com", nil, nil, "https://sts.example.com/", "sts.example.com"),
            ("https://a.example/x", "https://b.example", nil, "https://a.example/x", "a.example"),
            (nil, "https://b.example:8443/", "false", "https://b.example:8443/", "b.example"),
            ("", "https://b.example/", "", "https://b.example/", "b.example"),
            ("http://localhost:4566", nil, nil, "http://localhost:4566/", "localhost"),
            ("http://[::1]:4566/", nil, nil, "http://[::1]:4566/", "::1"),
            (
                "https://a.example", "https://b.example", "true", "https://sts.us-east-1.amazonaws.com/",
                "sts.us-east-1.amazonaws.com"
            ),
        ] as [(String?, String?, String?, String, String)])
    func configured(sts: String?, any: String?, ignore: String?, address: String, host: String) throws {
        var settings = STSEndpoint.Settings()
        settings.stsURL = sts
        settings.anyURL = any
        settings.ignoreConfiguredURLs = ignore
        let endpoint = try STSEndpoint(for: .aws, settings)
        #expect(endpoint.address == address)
        #expect(endpoint.host == host)
        #expect(endpoint.region == "us-east-1")
    }

    @Test(
        "Settings that can't be followed are refused, each with what to do",
        arguments: [
            (["AWS_REGION": "us east"], InvalidSTSSettings.region("us east"), "Correct --region"),
            (["AWS_REGION": "EU-WEST-1"], .region("EU-WEST-1"), "small letters"),
            (["AWS_REGION": "evil.example/"], .region("evil.example/"), "AWS_REGION"),
            (["AWS_REGION": "-x"], .region("-x"), "no AWS region"),
            (["AWS_REGION": "x-"], .region("x-"), "no AWS region"),
            (
                ["AWS_REGION": String(repeating: "a", count: 64)], .region(String(repeating: "a", count: 64)),
                "no AWS region"
            ),
            (["AWS_USE_FIPS_ENDPOINT": "yes"], .flag("AWS_USE_FIPS_ENDPOINT", "yes"), "true or false"),
            (["AWS_USE_DUALSTACK_ENDPOINT": "1"], .flag("AWS_USE_DUALSTACK_ENDPOINT", "1"), "true or false"),
            (
                ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "on"], .flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "on"),
                "true or false"
            ),
            (
                ["AWS_ENDPOINT_URL_STS": "sts.example.com"], .address("AWS_ENDPOINT_URL_STS", "sts.example.com"),
                "https://"
            ),
            (["AWS_ENDPOINT_URL": "ftp://a.example"], .address("AWS_ENDPOINT_URL", "ftp://a.example"), "https://"),
            (
                ["AWS_ENDPOINT_URL": "https://a.example/?x=1"], .address("AWS_ENDPOINT_URL", "https://a.example/?x=1"),
                "query"
            ),
            (
                ["AWS_ENDPOINT_URL": "https://a.example/#x"], .address("AWS_ENDPOINT_URL", "https://a.example/#x"),
                "fragment"
            ),
            (
                ["AWS_ENDPOINT_URL": "https://u:p@a.example"], .address("AWS_ENDPOINT_URL", "https://u:p@a.example"),
                "user"
            ),
            (
                ["AWS_ENDPOINT_URL": "https://a.example/x y"], .address("AWS_ENDPOINT_URL", "https://a.example/x y"),
                "address"
            ),
            (
                ["AWS_ENDPOINT_URL_STS": "http://sts.example.com"],
                .insecure("AWS_ENDPOINT_URL_STS", "http://sts.example.com"), "use https://; http is for localhost only"
            ),
            (
                ["AWS_ENDPOINT_URL": "https://a.example", "AWS_USE_FIPS_ENDPOINT": "true"],
                .conflict("AWS_ENDPOINT_URL", "AWS_USE_FIPS_ENDPOINT"), "unset one"
            ),
            (
                ["AWS_ENDPOINT_URL_STS": "https://a.example", "AWS_USE_DUALSTACK_ENDPOINT": "true"],
                .conflict("AWS_ENDPOINT_URL_STS", "AWS_USE_DUALSTACK_ENDPOINT"), "unset one"
            ),
            (
                ["AWS_REGION": "eu-west-1", "AWS_USE_FIPS_ENDPOINT": "true"], .noFIPS(.aws, region: "eu-west-1"),
                "us-east-1"
            ),
        ] as [([String: String], InvalidSTSSettings, String)])
    func refused(variables: [String: String], error: InvalidSTSSettings, part: String) {
        let settings = STSEndpoint.Settings(region: nil, profileRegion: nil) { variables[$0] }
        #expect(throws: error) { try STSEndpoint(for: .aws, settings) }
        #expect(error.description.contains(part))
    }

    @Test(
        "No partition but aws and GovCloud has FIPS hosts",
        arguments: Partition.allCases.filter { $0 != .aws && $0 != .govCloud })
    func noFIPS(partition: Partition) {
        var settings = STSEndpoint.Settings()
        settings.useFIPS = "true"
        let error = InvalidSTSSettings.noFIPS(partition, region: partition.defaultRegion)
        #expect(throws: error) { try STSEndpoint(for: partition, settings) }
        #expect(error.description.contains("the partition \(partition.rawValue): unset AWS_USE_FIPS_ENDPOINT"))
    }

    @Test("A region past the one that is taken is not looked at")
    func laterRegions() throws {
        var settings = STSEndpoint.Settings()
        settings.regions = ["eu-west-1", "NOT A REGION"]
        #expect(try STSEndpoint(for: .aws, settings).region == "eu-west-1")
    }
}
