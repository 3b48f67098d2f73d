import Domain
import Testing

/// What the Authorization fields of a request hold.
struct BearerCredentialsTests {
    @Test(
        "a bearer token is taken, whatever the case of its scheme",
        arguments: ["Bearer a.b-c_d", "bearer a.b-c_d", "BEARER a.b-c_d", "BEARER  a.b-c_d ", " Bearer a.b-c_d"])
    func tokens(field: String) {
        #expect(BearerCredentials(authorization: [field]) == .token(Secret("a.b-c_d")))
    }

    @Test("no field, and another scheme, are no bearer token", arguments: [[], ["Basic YTpi"], ["Bearerx a"], [""]])
    func absent(fields: [String]) {
        #expect(BearerCredentials(authorization: fields) == .absent)
    }

    @Test(
        "what is meant as a bearer token and is none is told from no token",
        arguments: [
            ["Bearer"], ["Bearer  "], ["Bearer a b"], ["Bearer é"], ["Bearer a\"b"], ["Bearer a,b"],
            ["Bearer a", "Bearer a"], ["Bearer \u{FFFD}\u{FFFD}"],
        ])
    func malformed(fields: [String]) {
        guard case .malformed = BearerCredentials(authorization: fields) else {
            Issue.record("\(fields) was let pass")
            return
        }
    }
}
