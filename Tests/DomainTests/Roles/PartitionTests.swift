import Domain
import Testing

@Suite("Partitions") struct PartitionTests {
    @Test(
        "A region lies in the partition that its prefix says",
        arguments: [
            ("us-east-1", Partition.aws), ("eu-west-3", .aws), ("me-central-1", .aws), ("zz-new-9", .aws), ("", .aws),
            ("us-gov-west-1", .govCloud), ("cn-northwest-1", .china), ("eusc-de-east-1", .europeanSovereign),
            ("us-iso-west-1", .iso), ("us-isob-east-1", .isoB), ("eu-isoe-west-1", .isoE), ("us-isof-east-1", .isoF),
        ])
    func region(name: String, partition: Partition) {
        #expect(Partition(region: name) == partition)
    }

    @Test("The region asked by default lies in its own partition", arguments: Partition.allCases)
    func defaultRegion(partition: Partition) {
        #expect(Partition(region: partition.defaultRegion) == partition)
    }

    @Test(
        "Each partition has its host suffixes",
        arguments: [
            (Partition.aws, "amazonaws.com", "api.aws"), (.govCloud, "amazonaws.com", "api.aws"),
            (.china, "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
            (.europeanSovereign, "amazonaws.eu", "api.amazonwebservices.eu"),
            (.iso, "c2s.ic.gov", "api.aws.ic.gov"), (.isoB, "sc2s.sgov.gov", "api.aws.scloud"),
            (.isoE, "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"), (.isoF, "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        ])
    func suffixes(partition: Partition, host: String, dualStack: String) {
        #expect(partition.hostSuffix == host)
        #expect(partition.dualStackHostSuffix == dualStack)
    }
}
