/// The difference that a plan makes to the config file, by profile.
package struct ConfigDiff: Sendable, Hashable {
    /// What becomes of one profile.
    package struct Change: Sendable, Hashable {
        /// What is done.
        package enum Kind: Sendable, Hashable {
            case added
            case changed
            case removed
        }

        /// A setting before and after.
        package struct Setting: Sendable, Hashable {
            /// The key.
            package let key: String
            /// The value that goes; nil where there was none.
            package let old: String?
            /// The value that comes; nil where there will be none.
            package let new: String?
        }

        /// The profile.
        package let name: String
        /// What is done to it.
        package let kind: Kind
        /// The settings that differ; of a removed profile those that we write.
        package let settings: [Setting]
        /// The further lines that go with a removed profile: settings and comments that others wrote.
        package let others: [String]
    }

    /// In the order in which they are shown.
    package let changes: [Change]

    /// The difference that these changes make.
    package init(_ changes: [Change]) { self.changes = changes }

    /// Whether nothing changes.
    package var isEmpty: Bool { changes.isEmpty }

    /// How many profiles are changed in that way.
    package func count(_ kind: Change.Kind) -> Int { changes.count { $0.kind == kind } }

    /// `2 profiles added, 1 changed`.
    package var summary: String {
        let words: [(Change.Kind, String)] = [(.added, "added"), (.changed, "changed"), (.removed, "removed")]
        let parts = words.map { (count($0.0), $0.1) }.filter { $0.0 > 0 }
        return parts.enumerated().map { place, part in
            place == 0 ? "\(part.0) \(part.0 == 1 ? "profile" : "profiles") \(part.1)" : "\(part.0) \(part.1)"
        }.joined(separator: ", ")
    }

    /// The difference as lines that begin with `+`, `-` or a blank; at most so many profiles, the rest as a number.
    package func text(limit: Int = .max) -> String {
        var text = ""
        for change in changes.prefix(limit) { change.write(to: &text) }
        let rest = changes.count - min(changes.count, limit)
        if rest > 0 { text += "  … and \(rest) more; --dry-run shows all\n" }
        return text
    }
}

extension ConfigDiff.Change {
    init(adding name: String, _ settings: [ConfigAssignment]) {
        self.init(
            name: name, kind: .added, settings: settings.map { Setting(key: $0.key, old: nil, new: $0.value) },
            others: [])
    }

    init(changing profile: ConfigProfile, _ settings: [ConfigAssignment]) {
        self.init(
            name: profile.name, kind: .changed,
            settings: settings.map { Setting(key: $0.key, old: profile.setting($0.key)?.value, new: $0.value) },
            others: [])
    }

    init(removing profile: ConfigProfile) {
        let own = ["output", "credential_process", "region"].compactMap { profile.setting($0) }
        self.init(
            name: profile.name, kind: .removed, settings: own.map { Setting(key: $0.key, old: $0.value, new: nil) },
            others: profile.lines(besides: ["output", "credential_process", "region"]))
    }

    fileprivate func write(to text: inout String) {
        let mark =
            switch kind {
            case .added: "+"
            case .changed: " "
            case .removed: "-"
            }
        text += "\(mark) [\(name == "default" ? "" : "profile ")\(PrintableText.line(name))]\n"
        for setting in settings {
            if let old = setting.old { text += "- \(setting.key) = \(PrintableText.line(old))\n" }
            if let new = setting.new { text += "+ \(setting.key) = \(new)\n" }
        }
        for line in others { text += "- \(PrintableText.line(line))\n" }
    }
}
