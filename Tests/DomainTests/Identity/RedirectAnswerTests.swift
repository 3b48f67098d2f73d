import Domain
import Testing

@Suite struct RedirectAnswerTests {
    private func judge(_ query: String, issuerIsRequired: Bool = false, state: String = "S1") throws -> RedirectAnswer {
        RedirectAnswer.judge(
            query: query, state: Secret(state), issuer: try Issuer("https://id.example.com/a"),
            issuerIsRequired: issuerIsRequired)
    }

    @Test(
        "our state and a code are the answer",
        arguments: [
            ("state=S1&code=C1", false), ("code=C1&state=S1&session_state=x", false),
            ("code=C1&state=S1&iss=https%3A%2F%2Fid.example.com%2Fa", false),
            ("code=C1&state=S1&iss=https%3A%2F%2Fid.example.com%2Fa", true),
            ("code=C1&state=S1&iss=https://id.example.com/a", true), ("code=C%31&st%61te=S1", false),
        ])
    func code(query: String, issuerIsRequired: Bool) throws {
        #expect(try judge(query, issuerIsRequired: issuerIsRequired) == .code(Secret("C1")))
    }

    @Test(
        "our state and an error are a refusal, whatever else is there",
        arguments: [
            ("state=S1&error=access_denied", nil), ("state=S1&error=access_denied&error_description=", nil),
            ("state=S1&error=access_denied&error_description=No+means%20no", "No means no"),
            ("state=S1&error=access_denied&code=C1", nil),
        ] as [(String, String?)])
    func refused(query: String, explanation: String?) throws {
        #expect(try judge(query) == .refused(error: "access_denied", explanation: explanation))
    }

    @Test(
        "what does not carry our state and the right issuer, each once, is somebody else's",
        arguments: [
            ("", "no state"), ("code=C1", "no state"), ("error=access_denied", "no state"), ("state", "not that of"),
            ("state=&code=C1", "not that of"), ("state=S2&code=C1", "not that of"),
            ("state=S2&error=access_denied", "not that of"), ("state=s1&code=C1", "not that of"),
            ("State=S1&code=C1", "no state"), ("state=S11&code=C1", "not that of"),
            ("state=S1&state=S1&code=C1", "several state"), ("state=S2&state=S1&code=C1", "not that of"),
            ("state=S1&code=C1&code=C2", "several code"), ("state=S1&error=a&error=b", "several error"),
            ("state=S1&code=C1&iss=https%3A%2F%2Fid.example.com", "its iss"),
            ("state=S1&code=C1&iss=https%3A%2F%2Fid.example.com%2Fa%2F", "its iss"),
            ("state=S1&code=C1&iss=https%3A%2F%2Fid.example.com%2Fa&iss=https%3A%2F%2Fevil.example", "several iss"),
            ("state=S1&error=access_denied&iss=https%3A%2F%2Fevil.example", "its iss"),
            ("state=S1&code=C1&iss=", "its iss"), ("state=S1", "neither"), ("state=S1&code=", "neither"),
            ("state=S1&code=%zz", "percent"), ("state=%FF&code=C1", "percent"),
        ])
    func foreign(query: String, reason: String) throws {
        guard case .foreign(let said) = try judge(query) else {
            Issue.record("\(query) was taken")
            return
        }
        #expect(said.contains(reason))
    }

    @Test(
        "a provider that always names itself must do so, in errors too",
        arguments: ["state=S1&code=C1", "state=S1&error=access_denied"])
    func issuerMissing(query: String) throws {
        #expect(
            try judge(query, issuerIsRequired: true)
                == .foreign(reason: "it has no iss, which this provider always sends"))
    }

    @Test("an empty state of ours matches nothing")
    func emptyState() throws {
        guard case .foreign = try judge("state=&code=C1", state: "") else {
            Issue.record("an empty state was taken")
            return
        }
    }
}
