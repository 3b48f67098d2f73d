/// What happened in a run, in order: a hash of all of it, and its lines where somebody wants to read them.
struct Trace {
    /// Whether the lines are kept.
    let isKept: Bool
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var lines: [String] = []
    private(set) var count = 0

    init(isKept: Bool) { self.isKept = isKept }

    /// One step: who, what, and on what.
    mutating func note(_ time: Double, _ who: String, _ what: StaticString, _ subject: String, _ outcome: String) {
        count += 1
        what.withUTF8Buffer { mix($0) }
        var subjectCopy = subject
        subjectCopy.withUTF8 { mix($0) }
        var outcomeCopy = outcome
        outcomeCopy.withUTF8 { mix($0) }
        var whoCopy = who
        whoCopy.withUTF8 { mix($0) }
        withUnsafeBytes(of: time.bitPattern) { mix($0.bindMemory(to: UInt8.self)) }
        guard isKept else { return }
        let milliseconds = Int64(time * 1000)
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        lines.append("\(milliseconds / 1000).\(fraction) \(who) \(what) \(subject) \(outcome)")
    }

    private mutating func mix(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
}
