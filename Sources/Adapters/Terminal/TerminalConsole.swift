import CLibrary
import Locking
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// This process's terminal while a sign-in waits.
package final class TerminalConsole: SignInConsole {
    private struct State: Sendable {
        var descriptor: Int32 = -1
        var reads = false
        var input = LineInput()
        var shown: String?
        var canOverwrite = false
    }

    private let state = Guarded(State())
    private let canOverwrite: Bool

    /// The terminal; `kind` is what `TERM` says of it.
    package init(kind: String?) {
        canOverwrite = kind.map { !$0.isEmpty && $0 != "dumb" } ?? false
    }

    package func begin(reading: Bool) -> Bool {
        state.with { state in
            let descriptor = open("/dev/tty", (reading ? O_RDWR : O_WRONLY) | O_NOCTTY | O_CLOEXEC)
            guard descriptor >= 0 else { return false }
            state = State(descriptor: descriptor, reads: reading, canOverwrite: canOverwrite)
            if reading, Terminal.isForeground(descriptor) { aws_oidc_terminal_take(descriptor, 0) }
            return true
        }
    }

    package func lines() -> [String] {
        state.with { state in
            guard state.reads, Terminal.isForeground(state.descriptor) else { return [] }
            // Nothing is taken before the mode is ours: after a stop, or in the background, it is not.
            if aws_oidc_terminal_is_taken() == 0, aws_oidc_terminal_take(state.descriptor, 0) != 0 { return [] }
            var bytes = [UInt8](repeating: 0, count: 4096)
            var lines: [String] = []
            while true {
                let count = read(state.descriptor, &bytes, bytes.count)
                guard count > 0 else { return lines }
                lines += state.input.add(bytes[..<count])
            }
        }
    }

    package func show(_ status: String?) {
        state.with { state in
            guard state.descriptor >= 0, state.canOverwrite else { return }
            let pasted = state.input.length
            let keys = "\(pasted) character\(pasted == 1 ? "" : "s")"
            let text = status.map { pasted > 0 ? "\($0) (\(keys) entered; press Enter)" : $0 }
            guard text != state.shown, Terminal.isForeground(state.descriptor) else { return }
            let fitting = text.map { String($0.prefix(Self.columns(state.descriptor) - 1)) }
            // Back to the line's start, and the rest of it cleared.
            Terminal.write("\r\u{1b}[K" + (fitting ?? ""), to: state.descriptor)
            state.shown = text
        }
    }

    package func end() {
        show(nil)
        state.with { state in
            guard state.descriptor >= 0 else { return }
            if state.reads { aws_oidc_terminal_give() }
            close(state.descriptor)
            state = State()
        }
    }

    private static func columns(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
        return Int(size.ws_col)
    }
}

/// Keys made into lines, as a terminal does it for who does not take it over.
struct LineInput: Sendable {
    /// A line is not longer than this; what goes beyond is thrown away, in bytes.
    private static let limit = 1 << 20

    private var line: [UInt8] = []

    /// How many bytes of a line are there that has not ended.
    var length: Int { line.count }

    /// The lines that these keys complete.
    mutating func add(_ keys: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for key in keys {
            switch key {
            case 0x0a, 0x0d:
                lines.append(String(decoding: line, as: UTF8.self))
                line = []
            case 0x08, 0x7f: _ = line.popLast()
            // Ctrl-U.
            case 0x15: line = []
            // Ctrl-D and their like belong to no address.
            case 0..<0x20 where key != UInt8(ascii: "\t"): break
            default: if line.count < Self.limit { line.append(key) }
            }
        }
        return lines
    }
}
