import Domain
import Testing

@Suite("The address that somebody pastes")
struct PastedAddressTests {
    private static let own = "http://localhost:49152"
    private static let page = "https://login.example.com/authorize?client_id=a&state=s%2Bt&nonce=n"

    private func judge(_ line: String) -> PastedAddress {
        PastedAddress(line: line, redirectURI: Self.own, signInAddress: Self.page)
    }

    @Test(
        "A whole address with our state is taken, and is asked for at the redirect URI",
        arguments: [
            ("http://localhost:49152/?code=c&state=s%2Bt", "code=c&state=s%2Bt"),
            ("\u{1b}[200~http://localhost:49152/?code=c&state=s%2Bt\u{1b}[201~", "code=c&state=s%2Bt"),
            ("\u{4}<http://localhost:49152/?code=c&state=s%2Bt>", "code=c&state=s%2Bt"),
            ("\"http://localhost:49152/?code=c&state=s%2Bt\" ", "code=c&state=s%2Bt"),
            ("  http://localhost:49152?code=c&state=s%2bt \t", "code=c&state=s%2bt"),
            ("http://127.0.0.1:49152/?error=access_denied&state=s%2Bt#top", "error=access_denied&state=s%2Bt"),
        ])
    func taken(line: String, query: String) {
        #expect(judge(line) == .redirect(Secret(Self.own + "/?" + query)))
    }

    @Test("A very long one is taken whole")
    func long() {
        let query = "code=" + String(repeating: "c", count: 20_000) + "&state=s%2Bt"
        #expect(judge(Self.own + "/?" + query) == .redirect(Secret(Self.own + "/?" + query)))
    }

    @Test(
        "Anything else is not, and a word says why",
        arguments: [
            ("ls -la", "no address"), ("code=c&state=s%2Bt", "no address"), ("/?code=c&state=s%2Bt", "no address"),
            (page, "another address"), ("https://localhost:49152/?code=c&state=s%2Bt", "another address"),
            ("http://localhost:49153/?code=c&state=s%2Bt", "another address"),
            ("http://evil.example:49152/?code=c&state=s%2Bt", "another address"),
            ("http://u@localhost:49152/?code=c&state=s%2Bt", "no address"),
            ("http://localhost:49152/", "not the whole address"),
            ("http://localhost:49152/other?code=c&state=s%2Bt", "not the whole address"),
            ("http://localhost:49152/?code=c d&state=s%2Bt", "not the whole address"),
            ("http://localhost:49152/?code=c", "no state"), ("http://localhost:49152/?code=%zz&state=s", "no state"),
            ("http://localhost:49152/?code=c&state=s", "another sign-in"),
            ("http://localhost:49152/?code=c&state=", "another sign-in"),
        ])
    func other(line: String, word: String) throws {
        guard case .other(let reason) = judge(line) else {
            Issue.record("\(line) was taken")
            return
        }
        #expect(reason.contains(word), "\(reason)")
    }

    @Test("Where the page's address has no state, nothing is")
    func noState() {
        let judged = PastedAddress(
            line: Self.own + "/?code=c&state=", redirectURI: Self.own, signInAddress: "https://login.example.com/a?x=y")
        #expect(judged != .redirect(Secret(Self.own + "/?code=c&state=")))
    }
}
