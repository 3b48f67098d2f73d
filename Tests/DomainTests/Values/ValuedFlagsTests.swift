import Domain
import Testing

@Suite("The command on a command line")
struct ValuedFlagsTests {
    @Test(
        "It is the first word that is neither a flag nor a flag's value",
        arguments: [
            ("exec a", "exec a"), ("--profile exec exec -- a", "exec --profile exec -- a"),
            ("--profile=p -v exec -- a", "exec --profile=p -v -- a"), ("--all logout", "logout --all"),
            ("--log-file x", "--log-file x"), ("--log-file", "--log-file"), ("-v -- exec", "-v -- exec"), ("", ""),
        ])
    func commandFirst(line: String, expected: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(ValuedFlags.commandFirst(words).joined(separator: " ") == expected)
    }
}
