/// Which file systems several hosts may share, by the magic numbers that Linux's statfs(2) gives.
package enum NetworkFileSystem {
    /// Whether a file system of that type may be another host's too.
    package static func isNetwork(magic: Int) -> Bool { magics.contains(magic & 0xFFFF_FFFF) }

    private static let magics: [Int] = [
        0x6969,  // NFS
        0xFF53_4D42, 0xFE53_4D42, 0x517B,  // CIFS, SMB2, SMB
        0x0BD0_0BD0,  // Lustre
        0x4750_4653,  // GPFS
        0x1983_0326,  // BeeGFS
        0x00C3_6400,  // Ceph
        0x6573_5546,  // FUSE
        0x5346_414F, 0x6B41_4653,  // AFS, and the kernel's own
        0xAAD7_AAEA,  // PanFS
        0x2003_0528,  // OrangeFS
        0x786F_4256,  // VirtualBox's shared folders
        0x0102_1997,  // 9P
        0x7461_636F,  // OCFS2
        0x0116_1970,  // GFS2
    ]
}
