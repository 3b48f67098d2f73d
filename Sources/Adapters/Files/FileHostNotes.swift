package import Ports

/// Notes of this host's processes, in its private files.
package struct FileHostNotes: HostNotes {
    private let files: HostFiles
    private let hostName: String
    private let time: any TimeSource

    /// The notes in these files; the host's name is for those who wait.
    package init(files: HostFiles, hostName: String, time: any TimeSource) {
        self.files = files
        self.hostName = hostName
        self.time = time
    }

    package func note(_ name: String) -> [UInt8]? { files.read(name) }

    package func write(_ bytes: [UInt8], to name: String) { files.replace(name, with: bytes) }

    package func queue(_ name: String) -> (any ProductionRight)? {
        guard let folder = files.folder() else { return nil }
        return FileRight(path: folder.file(name + ".lock"), hostName: hostName, time: time, goLock: nil)
    }
}
