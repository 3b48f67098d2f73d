import Ports
import Testing

@testable import Desktop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct LoopbackListenerTests {
    static let page = RedirectPage(title: "Signed in", text: "You may close this.", succeeded: true)

    @Test("The redirect that the judge takes comes back undecoded, and its browser gets the page at the end")
    func rightOne() async throws {
        let (redirect, port) = try opened()
        #expect(redirect.redirectURI == "http://localhost:\(port)")
        let browser = try LoopbackClient(get: "/?code=a%20b&state=s", port)
        #expect(try await redirect.answer(within: 60) { _ in .take } == "code=a%20b&state=s")
        redirect.finish(Self.page)
        let response = await browser.response()
        #expect(response.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(response.contains("<h1>Signed in</h1>"))
        #expect(response.hasSuffix("</html>\n"))
    }

    @Test("A page that tells of a failure has status 400")
    func failed() async throws {
        let (redirect, port) = try opened()
        let browser = try LoopbackClient(get: "/?error=access_denied", port)
        _ = try await redirect.answer(within: 60) { _ in .take }
        redirect.finish(RedirectPage(title: "No", text: "<i>denied</i>", succeeded: false))
        let response = await browser.response()
        #expect(response.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(response.contains("&lt;i&gt;denied&lt;/i&gt;"))
    }

    @Test("A browser on ::1 is heard as well as one on 127.0.0.1", .enabled(if: machineHasIPv6))
    func ipv6() async throws {
        let (redirect, port) = try opened()
        let browser = try LoopbackClient(get: "/?six", port, .ipv6)
        #expect(try await redirect.answer(within: 60) { _ in .take } == "six")
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test("Without IPv6 it listens on 127.0.0.1 alone")
    func withoutIPv6() async throws {
        let (redirect, port) = try opened(families: [.ipv4])
        #expect(throws: (any Error).self) { try LoopbackClient(port, .ipv6) }
        let browser = try LoopbackClient(get: "/?four", port)
        #expect(try await redirect.answer(within: 60) { _ in .take } == "four")
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test("With neither address there is nothing to listen on")
    func noAddress() {
        #expect(throws: RedirectListenerError.self) { try LoopbackListener(families: []).open() }
    }

    @Test("What the judge ignores is answered 400 with the reason, and the wait goes on")
    func ignored() async throws {
        let (redirect, port) = try opened()
        let strangers = try (1...20).map { try LoopbackClient(get: "/?state=wrong\($0)", port) }
        async let answer = redirect.answer(within: 60) {
            $0 == "state=right" ? .take : .ignore(reason: "its state is another one")
        }
        for stranger in strangers {
            let response = await stranger.response()
            #expect(response.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(response.hasSuffix("its state is another one\n"))
        }
        let browser = try LoopbackClient(get: "/?state=right", port)
        #expect(try await answer == "state=right")
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test(
        "Other requests are answered, and never reach the judge",
        arguments: [
            ("GET /favicon.ico HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", "404 Not Found"),
            ("POST / HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 4\r\n\r\nabcd", "405 Method Not Allowed"),
            ("HEAD / HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", "405 Method Not Allowed"),
            ("GET /?code=1 HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n", "400 Bad Request"),
            ("GET /?code=1 HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("\u{16}\u{3}\u{1}\u{2}", "400 Bad Request"),
        ])
    func refused(request: String, status: String) async throws {
        let (redirect, port) = try opened()
        let stranger = try LoopbackClient(port)
        stranger.send(request.split(separator: "PORT", omittingEmptySubsequences: false).joined(separator: "\(port)"))
        let response = await stranger.response()
        #expect(response.hasPrefix("HTTP/1.1 \(status)\r\n"))
        #expect(response.hasSuffix("\r\n\r\n") == request.hasPrefix("HEAD"), "HEAD has no body, all else has")
        let browser = try LoopbackClient(get: "/?right", port)
        #expect(try await redirect.answer(within: 60) { _ in .take } == "right")
        redirect.finish(Self.page)
        _ = await browser.response()
    }

    @Test("A head that is too long is answered 400, though more of it comes", arguments: [16 * 1024, 1 << 20])
    func tooLong(length: Int) async throws {
        let (redirect, port) = try opened()
        let stranger = try LoopbackClient(port)
        stranger.send("GET /?" + String(repeating: "a", count: length))
        #expect(await stranger.response().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        redirect.finish(Self.page)
    }

    @Test("Connections that say nothing keep nobody out, be they more than it keeps")
    func silent() async throws {
        let (redirect, port) = try opened(limits: .patient)
        var idle = try (0..<100).map { _ in try LoopbackClient(port) }
        idle += try (0..<5).map { _ in
            let client = try LoopbackClient(port)
            client.send("GET /?slow")
            return client
        }
        let browser = try LoopbackClient(get: "/?right", port)
        #expect(try await redirect.answer(within: 60) { _ in .take } == "right")
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
        for client in idle { #expect(await client.response().isEmpty) }
    }

    @Test("A request that comes byte by byte is heard")
    func byteByByte() async throws {
        let (redirect, port) = try opened()
        let browser = try LoopbackClient(port)
        for character in "GET /?slow HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n".unicodeScalars {
            browser.send(String(character))
        }
        #expect(try await redirect.answer(within: 60) { _ in .take } == "slow")
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test("A connection that is silent for too long is closed", arguments: ["", "GET /?half"])
    func expired(start: String) async throws {
        var limits = LoopbackLimits()
        limits.seconds = 0.05
        let (redirect, port) = try opened(limits: limits)
        let client = try LoopbackClient(port)
        client.send(start)
        #expect(await client.response().isEmpty)
        redirect.finish(Self.page)
    }

    @Test("A redirect that comes before anybody waits for it is not lost, and no limit holds for it")
    func early() async throws {
        var limits = LoopbackLimits()
        limits.seconds = 0.05
        let (redirect, port) = try opened(limits: limits)
        let browser = try LoopbackClient(get: "/?early", port)
        // By the time that a silent one has been closed, the limit is over for the early one too.
        #expect(await (try LoopbackClient(port)).response().isEmpty)
        #expect(try await redirect.answer(within: 60) { _ in .take } == "early")
        #expect(await (try LoopbackClient(port)).response().isEmpty)
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test("Who brings the answer again, as a reloaded page does, gets the page too; who brings another one does not")
    func reloaded() async throws {
        let (redirect, port) = try opened()
        let browser = try LoopbackClient(get: "/?right", port)
        _ = try await redirect.answer(within: 60) { _ in .take }
        let reload = try LoopbackClient(get: "/?right", port)
        #expect(await (try LoopbackClient(get: "/?other", port)).response().hasPrefix("HTTP/1.1 400"))
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
        #expect(await reload.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test("A browser that will send nothing more still gets the page")
    func halfClosed() async throws {
        let (redirect, port) = try opened()
        let browser = try LoopbackClient(get: "/?right", port)
        browser.endSending()
        _ = try await redirect.answer(within: 60) { _ in .take }
        #expect(await (try LoopbackClient(get: "/other", port)).response().hasPrefix("HTTP/1.1 404"))
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test("A browser that has gone harms nobody")
    func gone() async throws {
        let (redirect, port) = try opened()
        let browser = try LoopbackClient(get: "/?right", port)
        _ = try await redirect.answer(within: 60) { _ in .take }
        browser.vanish()
        redirect.finish(Self.page)
        #expect(await browser.response().isEmpty)
    }
}
