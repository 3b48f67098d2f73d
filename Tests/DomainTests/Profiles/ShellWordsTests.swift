import Domain
import Testing

@Suite struct ShellWordsTests {
    @Test(
        "A command line is split as a shell splits it",
        arguments: [
            ("", []),
            (" \t\n ", []),
            ("a", ["a"]),
            ("  aws-oidc creds-process\t--flag=v \n", ["aws-oidc", "creds-process", "--flag=v"]),
            ("'a b' \"c d\"", ["a b", "c d"]),
            ("a'b c'd\"e f\"g", ["ab cde fg"]),
            ("'' \"\"", ["", ""]),
            ("a '' b", ["a", "", "b"]),
            (#"a\ b \'c \\"#, ["a b", "'c", #"\"#]),
            (#"'a\b'"#, [#"a\b"#]),
            (#""a\"b\\c\$d\`e\fg""#, [#"a"b\c$d`e\fg"#]),
            ("\"it's\" 'say \"hi\"'", ["it's", "say \"hi\""]),
            ("a\\\nb", ["ab"]),
            ("a \\\n b", ["a", "b"]),
            ("\"a\\\nb\"", ["ab"]),
            ("'a\nb'", ["a\nb"]),
            (#"a\"#, [#"a\"#]),
            (#"\"#, [#"\"#]),
            ("$HOME `id` a;b #c 2>/dev/tty *", ["$HOME", "`id`", "a;b", "#c", "2>/dev/tty", "*"]),
            ("a\r\nb", ["a\r", "b"]),
            ("\"a\"\u{301} b", ["a\u{301}", "b"]),
            ("sh -c 'aws-oidc x 2> /dev/tty'", ["sh", "-c", "aws-oidc x 2> /dev/tty"]),
        ] as [(String, [String])])
    func split(line: String, words: [String]) throws {
        #expect(try ShellWords.split(line) == words)
    }

    @Test(
        "A quotation without an end is refused, and its mark is named",
        arguments: [
            ("'", "'"), ("a 'b", "'"), ("\"", "\""), ("a \"b' c", "\""), (#""a\"#, "\""), (#""a\""#, "\""),
            (#"'a\'b'"#, "'"),
        ] as [(String, Character)])
    func unterminated(line: String, mark: Character) {
        #expect(throws: ShellWordsError.unterminatedQuote(mark)) { try ShellWords.split(line) }
        #expect("\(ShellWordsError.unterminatedQuote(mark))".contains("starts with \(mark)"))
    }

    @Test(
        "Words that are single-quoted come back as they were",
        arguments: ["a b", "\"", "\\", "$x", "a\nb", "ä 中 🙂", ""])
    func roundTrip(word: String) throws {
        #expect(try ShellWords.split("'\(word)' \"end\"") == [word, "end"])
    }
}
