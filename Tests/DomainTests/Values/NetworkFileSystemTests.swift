import Domain
import Testing

@Suite("Network file systems") struct NetworkFileSystemTests {
    @Test(
        "What several hosts may share is known, by the numbers of linux/magic.h and of the file systems' own sources",
        arguments: [
            ("nfs", 0x6969), ("cifs", 0xFF53_4D42), ("smb2", 0xFE53_4D42), ("smb", 0x517B), ("lustre", 0x0BD0_0BD0),
            ("gpfs", 0x4750_4653), ("beegfs", 0x1983_0326), ("ceph", 0x00C3_6400), ("fuse", 0x6573_5546),
            ("afs", 0x5346_414F), ("9p", 0x0102_1997), ("ocfs2", 0x7461_636F), ("gfs2", 0x0116_1970),
            ("kAFS", 0x6B41_4653), ("panfs", 0xAAD7_AAEA), ("orangefs", 0x2003_0528), ("vboxsf", 0x786F_4256),
        ])
    func network(name: String, magic: Int) {
        #expect(NetworkFileSystem.isNetwork(magic: magic), "\(name)")
        // f_type is signed, and half as wide on some architectures.
        #expect(NetworkFileSystem.isNetwork(magic: Int(Int32(truncatingIfNeeded: magic))), "\(name)")
    }

    @Test(
        "What one host has to itself is not taken for it",
        arguments: [
            ("ext4", 0xEF53), ("xfs", 0x5846_5342), ("btrfs", 0x9123_683E), ("tmpfs", 0x0102_1994),
            ("overlay", 0x794C_7630), ("zfs", 0x2FC1_2FC1), ("f2fs", 0xF2F5_2010), ("ramfs", 0x8584_58F6),
            ("nothing", 0), ("an error", -1),
        ])
    func local(name: String, magic: Int) {
        #expect(!NetworkFileSystem.isNetwork(magic: magic), "\(name)")
    }
}
