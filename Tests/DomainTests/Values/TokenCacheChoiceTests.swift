import Domain
import Testing

@Suite("The choice of a token cache")
struct TokenCacheChoiceTests {
    @Test(
        "A store's name, and a whole path, are understood",
        arguments: [
            ("file", TokenCacheChoice.file), ("sqlite", .sqlite(path: nil)),
            ("sqlite:/var/lib/me/t.db", .sqlite(path: "/var/lib/me/t.db")), ("sqlite:~/t.db", .sqlite(path: "~/t.db")),
            ("sqlite:/a:b", .sqlite(path: "/a:b")), ("nfs", .nfs(path: nil)),
            ("nfs:/shared/me", .nfs(path: "/shared/me")), ("nfs:~/tokens//", .nfs(path: "~/tokens")),
            ("nfs:/a:b/", .nfs(path: "/a:b")),
        ])
    func understood(text: String, choice: TokenCacheChoice) {
        #expect(TokenCacheChoice(text) == choice)
    }

    @Test(
        "Anything else is not",
        arguments: [
            "", ":", "File", "sqlite:", "sqlite:t.db", "sqlite:~", "sqlite:/a/", "sqlite /a", "file:", "file:/a", "NFS",
            "nfs:", "nfs:tokens", "nfs:/", "nfs://", "nfs:~", "nfs:~/", "garbage",
        ])
    func notUnderstood(text: String) {
        #expect(TokenCacheChoice(text) == nil)
    }

    /// What is asked for, what the marker says, whether hosts may share the folder: and what comes of it.
    private static let table: [(asked: TokenCacheChoice?, marker: TokenCacheMarker?, Bool, TokenCacheChoice)] = [
        (nil, nil, false, .file),
        (nil, nil, true, .nfs(path: nil)),
        (nil, .known(.nfs), false, .nfs(path: nil)),
        (nil, .known(.nfs), true, .nfs(path: nil)),
        (nil, .known(.file), false, .file),
        (nil, .known(.file), true, .file),
        (.file, nil, false, .file),
        (.file, nil, true, .file),
        (.nfs(path: nil), nil, false, .nfs(path: nil)),
        (.nfs(path: "/a"), nil, true, .nfs(path: "/a")),
        (.sqlite(path: "/a/b"), nil, true, .sqlite(path: "/a/b")),
        (.file, .known(.file), true, .file),
        (.nfs(path: "/a"), .known(.nfs), false, .nfs(path: "/a")),
    ]

    @Test("What is asked for goes first, then the folder's marker, then the file system", arguments: table.indices)
    func resolved(index: Int) throws {
        let (asked, marker, isNetwork, choice) = Self.table[index]
        #expect(try TokenCacheChoice.resolved(asked: asked, marker: marker, isNetwork: isNetwork) == choice)
    }

    @Test(
        "What contradicts the marker is refused, on every file system",
        arguments: [
            (TokenCacheChoice.file, TokenCacheMarker.Kind.nfs), (.sqlite(path: nil), .nfs), (.nfs(path: nil), .file),
            (.sqlite(path: "/a/b"), .file),
        ], [true, false])
    func contradiction(_ pair: (asked: TokenCacheChoice, kept: TokenCacheMarker.Kind), isNetwork: Bool) {
        #expect(throws: TokenCacheConflict.contradiction(asked: pair.asked, kept: pair.kept)) {
            try TokenCacheChoice.resolved(asked: pair.asked, marker: .known(pair.kept), isNetwork: isNetwork)
        }
    }

    @Test(
        "A marker that is not known is refused, whatever is asked for",
        arguments: [nil, TokenCacheChoice.file, .nfs(path: nil), .sqlite(path: nil)])
    func unknownMarker(asked: TokenCacheChoice?) {
        #expect(throws: TokenCacheConflict.unknownMarker("aws-oidc nfs 2")) {
            try TokenCacheChoice.resolved(asked: asked, marker: .unknown("aws-oidc nfs 2"), isNetwork: true)
        }
    }

    @Test("The file system is not asked where something else decides")
    func notAsked() throws {
        func ask() -> Bool {
            Issue.record("asked")
            return true
        }
        _ = try TokenCacheChoice.resolved(asked: .file, marker: nil, isNetwork: ask())
        _ = try TokenCacheChoice.resolved(asked: nil, marker: .known(.nfs), isNetwork: ask())
    }
}
