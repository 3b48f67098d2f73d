import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Keeps docs/architecture.md true: reads every import line under Sources/.
@Suite("The walls between the layers")
struct ArchitectureTests {
    private static let libc: Set = ["Glibc", "Musl", "Darwin"]
    private static let system = libc.union(["Dispatch", "FoundationEssentials", "Foundation", "Locking"])
    private static let inside: Set = ["Domain", "Ports"]

    /// What each target may import, by its folder.
    ///
    /// A folder of C alone imports nothing.
    private static let allowed: [String: Set<String>] = [
        "Domain": [],
        "Ports": ["Domain"],
        "Application": inside.union(["Locking"]),
        "Locking": libc,
        "Production": inside.union(libc).union(["Locking"]),

        "Adapters/AWS": inside.union(system),
        "Adapters/ConfigServiceClient": inside.union(system),
        "Adapters/Curl": inside.union(system).union(["CCurl"]),
        "Adapters/Desktop": inside.union(system),
        "Adapters/Files": inside.union(system).union(["Production", "CLibrary", "CZlib"]),
        "Adapters/Host": inside.union(system).union(["Synchronization", "CLibrary"]),
        "Adapters/Kubernetes": inside.union(system),
        "Adapters/OIDC": inside.union(system),
        "Adapters/Okta": inside.union(system),
        "Adapters/OpenSSL": inside.union(system).union(["COpenSSL"]),
        "Adapters/NetworkFiles": inside.union(system).union(["Production"]),
        "Adapters/SQLite": inside.union(system).union(["Production", "CSQLite"]),
        "Adapters/Terminal": inside.union(system).union(["CLibrary"]),
        // It drives the use cases, where the others are driven by them.
        "Adapters/Web": inside.union(system).union([
            "Application", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "HTTPTypes", "Logging", "NIOCore",
            "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOSSL", "NIOTLS", "ServiceLifecycle", "UnixSignals",
        ]),
        "Adapters/YAML": inside.union(["Yams"]),
        "Adapters/CCurl": [],
        "Adapters/COpenSSL": [],
        "Adapters/OpenSSLHeaders": [],
        "Adapters/CSQLite": [],
        "Adapters/CLibrary": [],
        "Adapters/CZlib": [],

        "Composition/Client": inside.union(system).union([
            "Application", "AWS", "ConfigServiceClient", "Curl", "Desktop", "Files", "Host", "NetworkFiles", "OIDC",
            "OpenSSL", "SQLite",
            "Terminal",
        ]),

        "Composition/Server": inside.union(system).union([
            "Application", "AWS", "Curl", "Files", "Host", "Kubernetes", "OIDC", "Okta", "OpenSSL", "RoleMapYAML",
            "Terminal", "Web",
        ]),

        // CLibrary is libc too: the part of it that Swift's import leaves out.
        "CLI/FrontDoor": libc.union(["Domain", "CLibrary"]),
        "CLI/Shared": system.union(["ArgumentParser"]),
        "CLI/Client": inside.union(system).union([
            "Application", "ClientComposition", "CommandLineBasics", "ArgumentParser",
        ]),
        "CLI/Server": inside.union(system).union([
            "Application", "ServerComposition", "CommandLineBasics", "ArgumentParser",
        ]),
    ]

    private static let sources = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    @Test("Every import under Sources goes along an arrow of the architecture")
    func importsFollowTheArrows() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
            .filter { $0.hasSuffix(".swift") }
        #expect(files.count > 20, "hardly anything was read under \(Self.sources.path)")
        for file in files.sorted() {
            let text = try String(contentsOf: Self.sources.appending(path: file), encoding: .utf8)
            for wrong in Self.wrongImports(of: file, text) { Issue.record("\(wrong)") }
        }
    }

    @Test("Every target's folder has its row in the table", arguments: ["", "Adapters", "Composition", "CLI"])
    func foldersHaveRows(above: String) throws {
        let folder = Self.sources.appending(path: above)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
        for name in names {
            let path = above.isEmpty ? name : "\(above)/\(name)"
            let isListed = Self.allowed.keys.contains { $0 == path || (above.isEmpty && $0.hasPrefix(path + "/")) }
            #expect(isListed, "Sources/\(path) has no row: say in ArchitectureTests what it may import")
        }
    }

    @Test(
        "An import across a wall is found",
        arguments: [
            ("Domain/Values/Secret.swift", "import FoundationEssentials"),
            ("Domain/Values/Secret.swift", "import Glibc"),
            ("Ports/Browser.swift", "package import Application"),
            ("Application/SignIn/SignIn.swift", "import Curl"),
            ("Application/SignIn/SignIn.swift", "import Dispatch"),
            ("Adapters/OIDC/Discovery.swift", "import Curl"),
            ("Adapters/OIDC/Discovery.swift", "@preconcurrency import CCurl"),
            ("Adapters/Files/TokenFile.swift", "import struct OpenSSL.Digest"),
            ("Adapters/SQLite/SQLiteTokenStore.swift", "import Files"),
            ("Production/ProductionQueue.swift", "import SQLite"),
            ("CLI/FrontDoor/main.swift", "import FoundationEssentials"),
            ("CLI/FrontDoor/main.swift", "import Ports"),
            ("CLI/Client/Token.swift", "let a = 1; import Files"),
            ("Adapters/Unheard/Of.swift", "import Domain"),
        ])
    func wrongImportsAreFound(file: String, line: String) {
        #expect(Self.wrongImports(of: file, "/// A sentence.\n\(line)\n").count == 1)
    }

    @Test(
        "An import along an arrow is let pass, and so is what only looks like an import",
        arguments: [
            ("Ports/Browser.swift", "package import Domain"),
            ("Adapters/Curl/Session.swift", "internal import CCurl"),
            ("Adapters/Files/TokenFile.swift", "#if canImport(Glibc)\n    import Glibc\n#endif"),
            ("CLI/Client/Token.swift", "import struct ArgumentParser.Flag"),
            ("Domain/Values/Secret.swift", "// import Glibc\n/// import Glibc\nlet importer = important(import: 1)"),
        ])
    func rightImportsPass(file: String, text: String) {
        #expect(Self.wrongImports(of: file, text) == [])
    }

    /// What is wrong with the imports of a file, given its path below Sources/.
    private static func wrongImports(of file: String, _ text: String) -> [String] {
        guard let row = allowed.first(where: { file.hasPrefix($0.key + "/") }) else {
            return ["Sources/\(file) is in no folder that ArchitectureTests knows"]
        }
        return imports(in: text).filter { !row.value.contains($0) }.map { module in
            "Sources/\(file) imports \(module), which \(row.key) may not: see docs/architecture.md"
        }
    }

    /// The modules that a source text imports.
    private static func imports(in text: String) -> [String] {
        let kinds: Set = ["class", "enum", "func", "let", "protocol", "struct", "typealias", "var"]
        let accesses: Set = ["fileprivate", "internal", "package", "private", "public"]
        return text.split(whereSeparator: { $0.isNewline || $0 == ";" }).compactMap { statement in
            let words = statement.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let place = words.firstIndex(of: "import"),
                words[..<place].allSatisfy({ $0.hasPrefix("@") || $0.hasSuffix(")") || accesses.contains($0) })
            else { return nil }
            let named = words[(place + 1)...].first { !kinds.contains($0) }
            return named?.split(separator: ".").first.map(String.init)
        }
    }
}
