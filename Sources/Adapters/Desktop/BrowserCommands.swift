import Domain

/// The commands that may open a page, best first.
struct BrowserCommands {
    let environment: [String: String]
    let platform: DesktopPlatform

    /// A command of `BROWSER`, as written, and its words; no words where it can't be split.
    struct Configured: Equatable {
        let text: String
        let words: [String]?
    }

    /// What the person set in `BROWSER`: `%s` stands for the address, which else comes last.
    func configured(_ address: String) -> [Configured] {
        (environment["BROWSER"] ?? "").split(separator: ":").compactMap { command in
            guard let words = try? ShellWords.split(String(command)) else {
                return Configured(text: String(command), words: nil)
            }
            if words.isEmpty { return nil }
            let filled = words.map { Self.replacing("%s", in: $0, with: address) }
            return Configured(text: String(command), words: filled == words ? words + [address] : filled)
        }
    }

    /// What the platform opens pages with; the address holds only characters of addresses.
    func openers(_ address: String) -> [[String]] {
        switch platform {
        case .linux:
            return graphical(address)
        case .wsl:
            // Inside single quotes PowerShell knows one special character. rundll32 parses nothing, unlike `cmd.exe /c start`,
            // for which & ends a command and %…% is a variable, whatever stands around them.
            let quoted = "'" + Self.replacing("'", in: address, with: "''") + "'"
            return [
                ["wslview", address],
                ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "Start-Process \(quoted)"],
                ["rundll32.exe", "url.dll,FileProtocolHandler", address],
            ] + graphical(address)
        case .macOS:
            return [["open", address]]
        }
    }

    /// Whether it is an http(s) address of RFC 3986 characters only, which no command takes for anything else.
    static func isAddress(_ text: String) -> Bool {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%".utf8)
        return WebAddress(text) != nil && text.utf8.allSatisfy(allowed.contains)
    }

    /// Programs that need a display, and without one would say so to nobody.
    private func graphical(_ address: String) -> [[String]] {
        let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
        return hasDisplay ? ["xdg-open", "sensible-browser", "x-www-browser"].map { [$0, address] } : []
    }

    private static func replacing(_ mark: String, in text: String, with replacement: String) -> String {
        var replaced = ""
        var rest = text[...]
        while let first = rest.first {
            if rest.hasPrefix(mark) {
                replaced += replacement
                rest = rest.dropFirst(mark.count)
            } else {
                replaced.append(first)
                rest = rest.dropFirst()
            }
        }
        return replaced
    }
}
