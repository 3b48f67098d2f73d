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
        let list = { value.split(separator: ",").map { String($0.drop { $0 == " " }) } }
        switch key {
        case "issuer_url": issuerURL = value
        case "client_id": clientID = value
        case "config_url": configURL = value
        case "region": region = value
        case "default_role_name": defaultRole = value
        case "profile_template": template = value
        case "profiles": isAutomatic = value == "automatic"
        case "accounts": accounts = list()
        case "roles": roles = list()
        default: break
        }
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
        let settings: [(String, String?)] = [
            ("issuer_url", issuerURL), ("client_id", clientID), ("config_url", configURL), ("region", region),
            ("profiles", isAutomatic ? "automatic" : nil), ("default_role_name", defaultRole),
            ("profile_template", template), ("accounts", Self.list(accounts)), ("roles", Self.list(roles)),
        ]
        var text = "[\(Self.section)]\n"
        for case (let key, let value?) in settings where ConfigGrammar.objection(toValue: value) == nil {
            text += "\(key) = \(value)\n"
        }
        return before + Array(text.utf8)
    }

    private static func list(_ names: [String]) -> String? { names.isEmpty ? nil : names.joined(separator: ",") }
}
