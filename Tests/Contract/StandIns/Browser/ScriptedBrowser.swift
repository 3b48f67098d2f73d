import Dispatch
import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Does what a person does in a browser: opens the sign-in page, fills it in, and is led back to the program that asked.
package struct ScriptedBrowser: Sendable, Hashable {
    /// What the person does.
    package enum Behaviour: String, Sendable, Hashable, CaseIterable {
        /// Signs in.
        case allow
        /// Says no.
        case deny
        /// Opens nothing and goes away.
        case abandon
        /// Lets a stranger knock at the redirect with another state and `error=access_denied` first, and then signs in.
        case foreignState = "foreign-state"
    }

    /// What the person does.
    package var behaviour = Behaviour.allow
    /// The name to sign in with.
    package var username = StandInIdentityProvider.User().username
    /// The password to sign in with.
    package var password = StandInIdentityProvider.User().password
    /// Seconds that the person thinks before anything is done.
    package var delay = 0.0
    /// A file that gets a line for each visit, so that visits can be counted.
    package var logFile: String?

    /// A person who signs in at once.
    package init(_ behaviour: Behaviour = .allow) {
        self.behaviour = behaviour
    }

    /// The person that STAND_IN_BROWSER, STAND_IN_BROWSER_DELAY, STAND_IN_BROWSER_LOG, STAND_IN_BROWSER_USERNAME and
    /// STAND_IN_BROWSER_PASSWORD describe.
    ///
    /// - Throws: where one of them has no meaning.
    package init(environment: [String: String]) throws(LoopbackHTTP.Failure) {
        if let name = environment["STAND_IN_BROWSER"], !name.isEmpty {
            guard let behaviour = Behaviour(rawValue: name) else {
                let names = Behaviour.allCases.map(\.rawValue).joined(separator: ", ")
                throw LoopbackHTTP.Failure("STAND_IN_BROWSER is \(name), and none of \(names)")
            }
            self.behaviour = behaviour
        }
        if let text = environment["STAND_IN_BROWSER_DELAY"], !text.isEmpty {
            guard let seconds = Double(text), seconds >= 0, seconds < 86_400 else {
                throw LoopbackHTTP.Failure("STAND_IN_BROWSER_DELAY is \(text), and no number of seconds")
            }
            delay = seconds
        }
        logFile = environment["STAND_IN_BROWSER_LOG"].flatMap { $0.isEmpty ? nil : $0 }
        username = environment["STAND_IN_BROWSER_USERNAME"] ?? username
        password = environment["STAND_IN_BROWSER_PASSWORD"] ?? password
    }

    /// Does all of it, blocking the thread, and gives the page that the program showed at the end; nil where the person went away.
    @discardableResult
    package func visit(_ address: String) throws(LoopbackHTTP.Failure) -> LoopbackHTTP.Answer? {
        try writeLog(address)
        if delay > 0 { usleep(useconds_t(min(delay, 3600) * 1_000_000)) }
        guard behaviour != .abandon else { return nil }
        let page = try LoopbackHTTP.send("GET", address)
        guard page.status == 200, let form = SignInForm(page.text), let origin = Self.origin(of: address) else {
            throw LoopbackHTTP.Failure("the sign-in page answered \(page.status), without a form to fill in")
        }
        let fields = FormFields(
            form.hidden + [
                ("username", username), ("password", password),
                ("decision", behaviour == .deny ? "deny" : "allow"),
            ])
        let posted = try LoopbackHTTP.send(
            "POST", origin + form.action, headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(fields.encoded.utf8))
        guard posted.status == 302 || posted.status == 303, let location = posted[header: "location"] else {
            throw LoopbackHTTP.Failure("the sign-in answered \(posted.status), and leads nowhere")
        }
        if behaviour == .foreignState, let redirect = Self.origin(of: location) {
            _ = try LoopbackHTTP.send("GET", redirect + "/?error=access_denied&state=of-a-stranger")
        }
        return try LoopbackHTTP.send("GET", location)
    }

    /// The same on a thread of its own, for callers that may not block.
    @discardableResult
    package func open(_ address: String) async throws -> LoopbackHTTP.Answer? {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "stand-in client").async {
                continuation.resume(with: Result { try visit(address) })
            }
        }
    }

    private func writeLog(_ address: String) throws(LoopbackHTTP.Failure) {
        guard let logFile else { return }
        #if canImport(Glibc)
            let file = Glibc.open(logFile, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        #else
            let file = Darwin.open(logFile, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        #endif
        guard file >= 0 else { throw LoopbackHTTP.Failure("\(logFile) can't be written") }
        defer { close(file) }
        let line = Array("\(behaviour.rawValue) \(Self.origin(of: address) ?? address)\n".utf8)
        _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    }

    /// Scheme, host and port of an address.
    private static func origin(of address: String) -> String? {
        guard let parts = WebAddress(address) else { return nil }
        return String(address.dropLast(parts.path.count))
    }
}

/// The form of the stand-in provider's sign-in page.
struct SignInForm {
    let action: String
    /// Its hidden fields.
    let hidden: [(String, String)]

    init?(_ page: String) {
        let tags = page.split(separator: "<").map { $0.prefix { $0 != ">" } }
        guard let form = tags.first(where: { $0.hasPrefix("form ") }), let action = Self.attribute("action", of: form)
        else { return nil }
        self.action = action
        hidden = tags.compactMap { tag in
            guard tag.hasPrefix("input "), Self.attribute("type", of: tag) == "hidden",
                let name = Self.attribute("name", of: tag), let value = Self.attribute("value", of: tag)
            else { return nil }
            return (name, value)
        }
    }

    private static func attribute(_ name: String, of tag: Substring) -> String? {
        guard let start = tag.firstRange(of: " \(name)=\"") else { return nil }
        return MarkupText.unescape(tag[start.upperBound...].prefix { $0 != "\"" })
    }
}
