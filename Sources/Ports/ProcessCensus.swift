/// Which process this is among all that share a folder, and whether another one has ended.
package protocol ProcessCensus: Sendable {
    /// This process.
    var current: ProcessStamp { get }

    /// Whether that process has certainly ended: it ran since this host's present start, in this pid namespace, and no process
    /// of that number and start time is there. Any other one counts as alive.
    func hasEnded(_ stamp: ProcessStamp) -> Bool
}

/// A process, told from every other one on every host.
package struct ProcessStamp: Sendable, Hashable {
    /// Its host's name, for people.
    package let host: String
    /// Which start of that host (on Linux, /proc/sys/kernel/random/boot_id).
    package let bootID: String
    /// Which pid namespace its number is of.
    package let pidNamespace: String
    /// Its number.
    package let processID: Int32
    /// When it started, in the system's own unit.
    package let startTime: UInt64

    /// That process.
    package init(host: String, bootID: String, pidNamespace: String, processID: Int32, startTime: UInt64) {
        self.host = host
        self.bootID = bootID
        self.pidNamespace = pidNamespace
        self.processID = processID
        self.startTime = startTime
    }
}
