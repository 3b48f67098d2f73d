/// Where a text stops being a shared config file; says nothing of what stands there, which may be a secret.
package struct ConfigSyntaxError: Error, Sendable, Hashable {
    /// What is wrong.
    package enum Fault: Sendable, Hashable {
        /// Settings stand above the first section.
        case outsideSection
        /// `[` without `]`.
        case headerWithoutEnd
        /// `[]`
        case headerWithoutName
        /// A line that is neither a section nor a comment, and has no `=`.
        case settingWithoutEquals
        /// `= value`
        case settingWithoutKey
        /// A line below a key without a value, with no `=`.
        case nestedWithoutEquals
    }

    /// The line, 1 for the first.
    package let line: Int
    /// The character within the line, 1 for the first.
    package let column: Int
    /// What is wrong there.
    package let fault: Fault

    package init(line: Int, column: Int, fault: Fault) {
        self.line = line
        self.column = column
        self.fault = fault
    }
}

extension ConfigSyntaxError: CustomStringConvertible {
    package var description: String { "line \(line), column \(column): \(sentence)" }

    private var sentence: String {
        switch fault {
        case .outsideSection: "a setting stands above the first section; put [default] or [profile NAME] above it."
        case .headerWithoutEnd: "a section's name has no end; close it with ]."
        case .headerWithoutName: "a section has no name; write [default] or [profile NAME]."
        case .settingWithoutEquals: "there is no = in this line; write key = value, or put # before it."
        case .settingWithoutKey: "there is no key before the =; write key = value, or put # before it."
        case .nestedWithoutEquals:
            "the key above has no value, so this line must be key = value; write it so, or put # before it."
        }
    }
}
