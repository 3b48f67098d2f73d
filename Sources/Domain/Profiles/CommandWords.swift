/// A `credential_process` without what stands around our program.
struct CommandWords {
    /// Whether our program was found by its name; else the arguments are all words but the first.
    let namesOwnProgram: Bool
    /// Whether it is started by another program, or with variables of its own; a plain `sh -c` is neither.
    let isWrapped: Bool
    let environment: [String: String]
    let arguments: ArraySlice<String>
    let isExpandedByShell: Bool

    /// Takes a command apart; nil where it is blank, or too long for any system to execute it.
    static func find(_ command: String) throws(ShellWordsError) -> CommandWords? {
        try find(command, environment: [:], isScript: false, isWrapped: false, depth: 0)
    }

    private static func find(
        _ command: String, environment: [String: String], isScript: Bool, isWrapped: Bool, depth: Int
    ) throws(ShellWordsError) -> CommandWords? {
        guard command.utf8.count <= lengthLimit else { return nil }
        let words = withoutRedirection(try ShellWords.split(command))
        let own = words.firstIndex(where: isOwnProgram)
        let script = depth < 3 ? scriptIndex(words) : nil
        // Behind our program nothing is a shell's script.
        if let script, script < own ?? words.endIndex {
            return try find(
                words[script], environment: environment.merging(words[..<script].compactMap(assignment)) { $1 },
                isScript: true, isWrapped: isWrapped || script > 2, depth: depth + 1)
        }
        // A program of another name is the first word that sets no variable.
        guard let program = own ?? words.firstIndex(where: { assignment($0) == nil }) else { return nil }
        return CommandWords(
            namesOwnProgram: own != nil, isWrapped: isWrapped || program > 0,
            environment: program == 0
                ? environment : environment.merging(words[..<program].compactMap(assignment)) { $1 },
            arguments: words[(program + 1)...],
            isExpandedByShell: isScript && command.utf8.contains { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "`") })
    }

    /// No system executes a longer command (128 KiB is Linux's limit for one argument).
    private static let lengthLimit = 128 << 10

    private static func baseName(_ word: String) -> Substring.UTF8View.SubSequence {
        let bytes = word.utf8
        return bytes[(bytes.lastIndex(of: UInt8(ascii: "/")).map(bytes.index(after:)) ?? bytes.startIndex)...]
    }

    private static func isOwnProgram(_ word: String) -> Bool {
        let name = CredentialProcess.programName.utf8
        return word.utf8.last == name.last && baseName(word).elementsEqual(name)
    }

    /// Takes `NAME=value` apart.
    private static func assignment(_ word: String) -> (String, String)? {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = word.utf8[..<equals]
        let isName: (UInt8) -> Bool = { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(ConfigByte.lowercased(byte))
        }
        guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first), name.allSatisfy(isName)
        else { return nil }
        return (String(word[..<equals]), String(word[word.utf8.index(after: equals)...]))
    }

    /// Where the script of `sh -c SCRIPT` stands, whatever stands before the shell.
    private static func scriptIndex(_ words: [String]) -> Int? {
        let shells = ["sh", "bash", "dash", "zsh", "ksh", "ash"]
        let isShell = { (word: String) in
            // Most words end otherwise, and 5,000 profiles have many.
            word.utf8.last == UInt8(ascii: "h") && shells.contains { baseName(word).elementsEqual($0.utf8) }
        }
        guard let shell = words.firstIndex(where: isShell) else { return nil }
        for index in words[words.index(after: shell)...].indices {
            let word = words[index].utf8
            guard word.first == UInt8(ascii: "-") else { return nil }
            // -c, also among others as in -lc.
            if word.last == UInt8(ascii: "c"), !word.starts(with: "--".utf8) {
                return index + 1 < words.endIndex ? index + 1 : nil
            }
        }
        return nil
    }

    /// The words before a redirection, such as `2> /dev/tty`, `2>/dev/null` or `2>&1`.
    ///
    /// It stands last: nobody redirects in front of a command's flags.
    private static func withoutRedirection(_ words: [String]) -> [String] {
        let end = words.firstIndex { word in
            let mark = word.utf8.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.first
            return mark == UInt8(ascii: ">") || mark == UInt8(ascii: "<")
        }
        return Array(words[..<(end ?? words.endIndex)])
    }
}
