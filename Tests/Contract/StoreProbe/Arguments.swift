/// What the probe is to do: a command, then words of the form `name=value`.
struct Arguments {
    let command: String
    private let values: [String: String]

    init?(_ words: [String]) {
        guard words.count > 1 else { return nil }
        command = words[1]
        var values: [String: String] = [:]
        for word in words.dropFirst(2) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    func has(_ name: String) -> Bool { values[name] != nil }

    func seconds(_ name: String) -> Double? { values[name].flatMap { Double($0) } }
}
