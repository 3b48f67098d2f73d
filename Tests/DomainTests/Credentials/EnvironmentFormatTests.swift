import Domain
import Foundation
import Testing

@Suite("The formats of env") struct EnvironmentFormatTests {
    private func text(_ format: EnvironmentFormat, _ value: String, forgetting names: [String] = []) throws -> String {
        try format.text([EnvironmentVariable("NAME", Secret(value))], forgetting: names).revealed
    }

    @Test(
        "Each value is written as its reader needs it",
        arguments: [
            (EnvironmentFormat.docker, "wJalr/XU+tn=", "NAME=wJalr/XU+tn=\n"),
            (.docker, " #'\"$é ", "NAME= #'\"$é \n"),
            (.docker, "", "NAME=\n"),
            (.bash, "wJalr/XU+tn=", "export NAME='wJalr/XU+tn='\n"),
            (.bash, "it's", "export NAME='it'\\''s'\n"),
            (.bash, "a\"b$c`d\\e\nf", "export NAME='a\"b$c`d\\e\nf'\n"),
            (.bash, "'\u{301}", "export NAME=''\\''\u{301}'\n"),
            (.bash, "", "export NAME=''\n"),
            (.fish, "it's", "set -gx NAME 'it\\'s'\n"),
            (.fish, "a\\b$c\n", "set -gx NAME 'a\\\\b$c\n'\n"),
            (.powershell, "it's $HOME `n", "$Env:NAME = 'it''s $HOME `n'\n"),
            (
                .powershell, "\u{2018}\u{2019}\u{201A}\u{201B}",
                "$Env:NAME = '\u{2018}\u{2018}\u{2019}\u{2019}\u{201A}\u{201A}\u{201B}\u{201B}'\n"
            ),
            (.dotenv, "a b$c\"#`é", "NAME='a b$c\"#`é'\n"),
            (.dotenv, "it's \"$x\"\r\n`\\", "NAME=\"it's \\\"\\$x\\\"\\r\\n\\`\\\\\"\n"),
            (.dotenv, "'\u{301}", "NAME=\"'\u{301}\"\n"),
            (.json, "a\"b\\c\n\u{1}é", "{\n  \"NAME\": \"a\\\"b\\\\c\\n\\u0001é\"\n}\n"),
        ])
    func values(format: EnvironmentFormat, value: String, expected: String) throws {
        let text = try text(format, value)
        #expect(text.utf8.elementsEqual(expected.utf8), "\(text)")
    }

    @Test("Shells are told what to forget; files can't be", arguments: EnvironmentFormat.allCases)
    func forgetting(format: EnvironmentFormat) throws {
        let text = try text(format, "a", forgetting: ["OLD"])
        let first = text.split(separator: "\n").first
        switch format {
        case .bash: #expect(first == "unset OLD")
        case .fish: #expect(first == "set -e OLD")
        case .powershell: #expect(first == "$Env:OLD = $null")
        case .docker, .dotenv, .json: #expect(try text == self.text(format, "a"))
        }
    }

    @Test(
        "docker's format refuses what it can't hold, by the variable's name and never its value",
        arguments: ["a\nb", "a\r", "\n", "a\r\nb"])
    func dockerLines(value: String) throws {
        let error = #expect(throws: EnvironmentFormatError.self) { try text(.docker, value) }
        #expect(error?.description.hasPrefix("the value of NAME has a line end") == true)
        #expect(error?.description.contains(value) == false)
    }

    @Test("No format writes a NUL, which would end the value early", arguments: EnvironmentFormat.allCases)
    func nul(format: EnvironmentFormat) {
        #expect(throws: EnvironmentFormatError.self) { try text(format, "a\0b") }
    }

    @Test("Several variables keep their order, and JSON is one object that any reader takes")
    func several() throws {
        let variables = ["B", "A"].map { EnvironmentVariable($0, Secret("\($0)'s")) }
        #expect(try EnvironmentFormat.docker.text(variables).revealed == "B=B's\nA=A's\n")
        let json = try EnvironmentFormat.json.text(variables).revealed
        let object = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
        #expect(object == ["A": "A's", "B": "B's"])
    }

    @Test("What is written does not show itself")
    func secret() throws {
        #expect("\(try EnvironmentFormat.json.text([EnvironmentVariable("A", Secret("hidden"))]))" == "<redacted>")
    }
}
