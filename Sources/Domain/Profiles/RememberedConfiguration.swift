/// What `configure` was told the last time, so that the next time needs no flag: a section `[configure]` of our own config file.
package struct RememberedConfiguration: Sendable, Hashable {
    /// `--issuer-url`.
    package var issuerURL: String?
    /// `--client-id`.
    package var clientID: String?
    /// `--config-url`.
    package var configURL: String?
    /// The region of the profiles.
    package var region: String?
    /// The role whose profile has the plain name of its account.
    package var defaultRole: String?
    /// How the profiles are named.
    package var template: String?
    /// Whether every role gets a profile; else nobody knows which, or only those of `accounts` and `roles`.
    package var isAutomatic = false
    /// The accounts whose roles get one, all where none is named.
    package var accounts: [String] = []
    /// The roles that get one, all where none is named.
    package var roles: [String] = []
    /// The accounts, by number, that the service has spoken for so far: of these it can be said that a role is gone.
    package var knownAccounts: Set<String> = []

    /// Nothing.
    package init() {}

    /// What such a file says; a line that means nothing is passed over.
    package init(_ bytes: [UInt8]) {
        var isOwn = false
        let text = { (range: Range<Int>) in String(decoding: bytes[range], as: UTF8.self) }
        for line in ConfigLines(bytes) {
            switch line.kind {
            case .header(let name): isOwn = text(name) == Self.section
            case .setting(let key, let value) where isOwn && !value.isEmpty: take(text(key), text(value))
            default: break
            }
        }
    }

    private static let section = "configure"

    private mutating func take(_ key: String, _ value: String) {
        switch key {
        case "issuer_url": issuerURL = value
        case "client_id": clientID = value
        case "config_url": configURL = value
        case "region": region = value
        case "default_role_name": defaultRole = value
        case "profile_template": template = value
        case "profiles": isAutomatic = value == "automatic"
        case "account": accounts.append(value)
        case "role": roles.append(value)
        case "known_accounts": knownAccounts = Set(value.split(separator: " ").map(String.init))
        default: break
        }
    }

    /// The flags with a value that no line of the file can hold.
    ///
    /// Without it the rest would say something else, more accounts perhaps: then nothing is written of all these.
    package var unwritable: [String] {
        var flags: [String] = []
        for choice in choices where !Self.isWritable(choice.value) && flags.last != choice.flag {
            flags.append(choice.flag)
        }
        return flags
    }

    /// What says which roles get which profiles; a flag that was given more than once is as many lines.
    private var choices: [(flag: String, key: String, value: String)] {
        guard isAutomatic else { return [] }
        var choices: [(flag: String, key: String, value: String)] = []
        if let defaultRole { choices.append(("--default-role-name", "default_role_name", defaultRole)) }
        if let template { choices.append(("--profile-template", "profile_template", template)) }
        for account in accounts { choices.append(("--account", "account", account)) }
        for role in roles { choices.append(("--role", "role", role)) }
        return choices
    }

    /// The file with this in place of what it said; other sections stay.
    package func written(into bytes: [UInt8]) -> [UInt8] {
        var before: [UInt8] = []
        var isOwn = false
        for line in ConfigLines(bytes) {
            if case .header(let name) = line.kind { isOwn = bytes[name].elementsEqual(Self.section.utf8) }
            if !isOwn { before += bytes[line.start..<line.end] }
        }
        if let last = before.last, last != ConfigByte.lineFeed { before.append(ConfigByte.lineFeed) }
        var settings: [(String, String?)] = [
            ("issuer_url", issuerURL), ("client_id", clientID), ("config_url", configURL), ("region", region),
            ("known_accounts", knownAccounts.isEmpty ? nil : knownAccounts.sorted().joined(separator: " ")),
        ]
        if isAutomatic, unwritable.isEmpty {
            settings.append(("profiles", "automatic"))
            settings += choices.map { ($0.key, $0.value) }
        }
        var text = "[\(Self.section)]\n"
        for case (let key, let value?) in settings where Self.isWritable(value) { text += "\(key) = \(value)\n" }
        return before + Array(text.utf8)
    }

    private static func isWritable(_ value: String) -> Bool {
        !value.isEmpty && ConfigGrammar.objection(toValue: value) == nil
    }
}
