import HummingbirdCore
import Ports

/// Counts a port's connections, and says once when there are as many as there may be: further ones wait unseen.
///
/// All of it runs on the event loop that accepts.
struct CountedConnections: AvailableConnectionsDelegate {
    private let most: Int
    private let log: any Log
    private let onChange: @Sendable (Int) -> Void
    private var count = 0
    /// Whether it was said, and they have not become clearly fewer since.
    private var isTold = false

    /// A count up to that number.
    init(most: Int, log: any Log, onChange: @escaping @Sendable (Int) -> Void) {
        self.most = most
        self.log = log
        self.onChange = onChange
    }

    mutating func connectionOpened() {
        count += 1
        onChange(count)
        guard count >= most, !isTold else { return }
        isTold = true
        log.write(
            .warning, "as many connections are open as --max-connections allows: new ones wait",
            ["connections": "\(count)"])
    }

    mutating func connectionClosed() {
        count -= 1
        onChange(count)
        if count <= most * 3 / 4 { isTold = false }
    }

    func isAcceptingNewConnections() -> Bool { count < most }
}
