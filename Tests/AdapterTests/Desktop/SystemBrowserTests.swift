import Ports
import Testing

@testable import Desktop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct SystemBrowserTests {
    private static let address = "https://idp.example/authorize?a=b%20c&d='e'&f=$HOME"

    @Test(
        "The browser's process has a session of its own, /dev/null for its streams, no descriptor of ours, and our environment"
    )
    func holdsNothing() async throws {
        let report = try ProcessReport()
        try report.install("first")
        #expect(fcntl(InheritableDescriptor.number, F_GETFD) == 0, "open here, and inheritable")
        try browser(report, ["BROWSER": "first", "COLOUR": "green"]).open(Self.address)
        let lines = await report.lines()
        for n in 0...2 { #expect(lines.contains("stream\(n)=/dev/null")) }
        #expect(lines.contains("descriptors=0 1 2 3 "), "\(lines)")
        let pid = try #require(lines.first { $0.hasPrefix("pid=") }).dropFirst(4)
        #expect(lines.contains("session=\(pid)"))
        #expect(lines.contains("blocked=0000000000000000"))
        #expect(lines.contains("colour=green"))
    }

    @Test(
        "A command of BROWSER is split as a shell would, and gets the address in place of %s, or last",
        arguments: [
            ("first", ["first", "URL"]),
            ("first --new 'two words' \\$HOME", ["first", "--new", "two words", "$HOME", "URL"]),
            ("first %s --after", ["first", "URL", "--after"]),
            ("first --url=%s %s", ["first", "--url=URL", "URL"]),
            ("first; second", ["missing"]),
            ("nowhere:first", ["first", "URL"]),
            ("/nowhere/x:'unfinished:first:second", ["first", "URL"]),
            ("::  :first", ["first", "URL"]),
        ] as [(String, [String])])
    func browserVariable(value: String, words: [String]) async throws {
        let report = try ProcessReport()
        try report.install("first")
        try report.install("second")
        if words == ["missing"] {
            #expect(throws: BrowserError.notStarted(command: value, reason: "there is no such program")) {
                try browser(report, ["BROWSER": value]).open(Self.address)
            }
            return
        }
        try browser(report, ["BROWSER": value]).open(Self.address)
        let expected = words.map { $0 == "URL" ? Self.address : $0 == "--url=URL" ? "--url=\(Self.address)" : $0 }
        #expect(await report.words() == expected)
    }

    @Test(
        "A program that can't be executed is passed over", arguments: ["#!/nowhere/interpreter\n", "no program at all"])
    func passedOver(text: String) async throws {
        let report = try ProcessReport()
        try report.install("first", text)
        try report.install("second")
        try browser(report, ["BROWSER": "first:second"]).open(Self.address)
        #expect(await report.words() == ["second", Self.address])
    }

    @Test(
        "Each platform has its openers, and the first that is there is started",
        arguments: [
            (.linux, ["DISPLAY": ":0"], ["xdg-open", "sensible-browser"], ["xdg-open", "URL"]),
            (.linux, ["WAYLAND_DISPLAY": "wayland-0"], ["sensible-browser"], ["sensible-browser", "URL"]),
            (.linux, ["DISPLAY": ":0", "BROWSER": "nowhere"], ["xdg-open"], ["xdg-open", "URL"]),
            (.linux, ["BROWSER": "first"], ["first", "xdg-open"], ["first", "URL"]),
            (.wsl, [:], ["wslview", "powershell.exe"], ["wslview", "URL"]),
            (
                .wsl, ["DISPLAY": ":0"], ["powershell.exe", "rundll32.exe", "xdg-open"],
                ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "Start-Process 'QUOTED'"]
            ),
            (.wsl, [:], ["rundll32.exe"], ["rundll32.exe", "url.dll,FileProtocolHandler", "URL"]),
            (.wsl, ["DISPLAY": ":0"], ["xdg-open"], ["xdg-open", "URL"]),
            (.macOS, [:], ["open", "xdg-open"], ["open", "URL"]),
        ] as [(DesktopPlatform, [String: String], [String], [String])])
    func openers(platform: DesktopPlatform, variables: [String: String], installed: [String], words: [String])
        async throws
    {
        let report = try ProcessReport()
        for name in installed { try report.install(name) }
        try browser(report, variables, platform, only: true).open(Self.address)
        let quoted = "Start-Process 'https://idp.example/authorize?a=b%20c&d=''e''&f=$HOME'"
        let expected = words.map { $0 == "URL" ? Self.address : $0.contains("QUOTED") ? quoted : $0 }
        #expect(await report.words() == expected)
    }

    @Test(
        "Without a display and without a command there is no browser",
        arguments: [
            (.linux, [:]), (.linux, ["DISPLAY": "", "BROWSER": ""]), (.wsl, [:]), (.macOS, [:]),
        ] as [(DesktopPlatform, [String: String])])
    func noneFound(platform: DesktopPlatform, variables: [String: String]) throws {
        let report = try ProcessReport()
        try report.install("xdg-open")
        #expect(throws: BrowserError.noneFound) {
            try browser(report, variables, platform, only: true).open(Self.address)
        }
    }

    @Test("The failure that is told is that of the person's own command")
    func firstFailure() throws {
        let report = try ProcessReport()
        try report.install("first", "no program")
        #expect(throws: BrowserError.notStarted(command: "first -x", reason: SystemError(code: ENOEXEC).reason)) {
            try browser(report, ["BROWSER": "first -x:nowhere"]).open(Self.address)
        }
        #expect(throws: BrowserError.notStarted(command: "'first", reason: "a quotation in it has no end")) {
            try browser(report, ["BROWSER": "'first"]).open(Self.address)
        }
    }

    @Test(
        "What is no web address reaches no command line",
        arguments: [
            "", "-version", "file:///etc/passwd", "javascript:alert(1)", "https://a/ b", "https://a/\"",
            "https://a/`id`",
            "https://a/\\", "https://a/|b", "https://a/<b>", "https://a/^b", "https://a/\n", "https://a/ä", "https://",
            "https://a/\u{0}", "https://a/{b}",
        ])
    func unfit(address: String) throws {
        let report = try ProcessReport()
        try report.install("first")
        #expect(throws: BrowserError.self) { try browser(report, ["BROWSER": "first"]).open(address) }
    }

    @Test("Programs are found on PATH, but not by its empty and relative entries, and only if they may be executed")
    func search() throws {
        let report = try ProcessReport()
        try report.install("first")
        try report.install("second", mode: 0o600)
        #expect(ExecutableSearch(path: "/nowhere:\(report.folder):/bin").find("first") == "\(report.folder)/first")
        #expect(ExecutableSearch(path: report.folder).find("second") == nil)
        #expect(ExecutableSearch(path: report.folder).find("\(report.folder)/first") == "\(report.folder)/first")
        #expect(ExecutableSearch(path: ":.:..\(report.folder)").find("first") == nil)
        #expect(ExecutableSearch(path: "/").find("tmp") == nil, "a folder")
        #expect(ExecutableSearch(path: report.folder).find("") == nil)
        #expect(ExecutableSearch(path: nil).find("sh") != nil)
    }

    @Test(
        "WSL is known by its variable or its kernel",
        arguments: [
            (["WSL_DISTRO_NAME": "Debian"], "6.1.0-amd64", .wsl), ([:], "5.15.90.1-microsoft-standard-WSL2\n", .wsl),
            ([:], "4.4.0-19041-Microsoft", .wsl), ([:], "6.1.0-amd64", .linux), (["WSL_DISTRO_NAME": ""], "", .linux),
        ] as [([String: String], String, DesktopPlatform)])
    func platform(variables: [String: String], kernel: String, platform: DesktopPlatform) {
        #expect(DesktopPlatform.linuxKind(environment: variables, kernelRelease: kernel) == platform)
    }

    /// A browser that finds the report's programs, and with `only` no others.
    private func browser(
        _ report: ProcessReport, _ variables: [String: String], _ platform: DesktopPlatform = .linux, only: Bool = false
    ) -> SystemBrowser {
        // The scripts name the tools that they use; their PATH is the one that openers are looked for on.
        let path = only ? report.folder : "\(report.folder):/usr/bin:/bin"
        return SystemBrowser(environment: variables.merging(["PATH": path]) { $1 }, platform: platform)
    }
}
