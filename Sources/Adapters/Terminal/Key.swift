/// A key as a terminal sends it.
enum Key: Equatable {
    case text(String)
    case enter
    case erase
    case eraseAll
    case up
    case down
    case pageUp
    case pageDown
    case home
    case end
    case interrupt
    case endOfInput
    case suspend
    /// The terminal is this process's again after it was stopped: what stood there may be gone.
    case resumed
    /// One that means nothing here.
    case other

    /// Takes the first key out of what was read; nil where more has to be read first.
    static func take(_ bytes: inout ArraySlice<UInt8>, isAll: Bool) -> Key? {
        guard let first = bytes.first else { return nil }
        switch first {
        case 0x1B:
            return takeSequence(&bytes, isAll: isAll)
        case 0x00..<0x20, 0x7F:
            bytes = bytes.dropFirst()
            return control(first)
        default:
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            guard bytes.count >= length || isAll else { return nil }
            let character = bytes.prefix(length)
            bytes = bytes.dropFirst(length)
            return String(validating: character, as: UTF8.self).map(Key.text) ?? .other
        }
    }

    private static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x03: .interrupt
        case 0x04: .endOfInput
        case 0x0A, 0x0D: .enter
        case 0x08, 0x7F: .erase
        case 0x15, 0x17: .eraseAll
        case 0x1A: .suspend
        case 0x10: .up
        case 0x0E: .down
        default: .other
        }
    }

    /// `ESC [ … letter`, `ESC O letter`; a lone escape is no key of ours.
    private static func takeSequence(_ bytes: inout ArraySlice<UInt8>, isAll: Bool) -> Key? {
        let rest = bytes.dropFirst()
        guard let second = rest.first else {
            guard isAll else { return nil }
            bytes = rest
            return .other
        }
        guard second == UInt8(ascii: "[") || second == UInt8(ascii: "O") else {
            bytes = rest
            return .other
        }
        let parameters = rest.dropFirst().prefix { (0x20...0x3F).contains($0) }
        guard let final = rest.dropFirst(1 + parameters.count).first else {
            guard isAll else { return nil }
            bytes = []
            return .other
        }
        bytes = rest.dropFirst(2 + parameters.count)
        switch (final, String(decoding: parameters, as: UTF8.self)) {
        case (UInt8(ascii: "A"), _): return .up
        case (UInt8(ascii: "B"), _): return .down
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): return .home
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): return .end
        case (UInt8(ascii: "~"), "5"): return .pageUp
        case (UInt8(ascii: "~"), "6"): return .pageDown
        default: return .other
        }
    }
}
