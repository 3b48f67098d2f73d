/// Where the person sits who is asked to sign in, as far as this process can tell.
package struct Seat: Sendable, Hashable {
    /// Why a browser that opens here is not likely to be in front of them; nil where it may well be.
    let headlessness: String?
    /// Whether they are at another machine: then a port of this one has to be forwarded for a browser there.
    let isAway: Bool

    /// A seat; without arguments one before this machine.
    package init(headlessness: String? = nil, isOverSSH: Bool = false) {
        self.headlessness = headlessness
        isAway = isOverSSH || headlessness != nil
    }
}
