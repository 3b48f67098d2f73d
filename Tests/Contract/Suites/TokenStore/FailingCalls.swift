import Domain
import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TokenStoreContract {
    /// System calls that fail in another process, by strace's injection.
    @Suite("Failing calls", .enabled("strace can trace here") { await Injection.isPossible() })
    struct FailingCalls {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test("a folder that can't be listed is an error, with what to do, and not an empty folder")
        func listing() async throws {
            let place = Place(.nfs)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            // Without the other tool's file nothing else tells of the tokens.
            unlink(place.record(key))
            let line = await (try Injection.probe("getdents64:error=EIO", "read", place)).rest()
            #expect(line.hasPrefix("error the token cache ") && line.contains("Input/output error"), "\(line)")
            #expect(line.contains("--node-local-cache"), "\(line)")
            #expect(await (try place.probe("read")).rest() == "access-one refresh-one")
        }

        @Test(
            "a database is made also where the file system has no hard links",
            arguments: ["EPERM", "EOPNOTSUPP", "ENOSYS", "EMLINK"])
        func linkless(_ error: String) async throws {
            let place = Place(.sqlite)
            let child = try Injection.probe("?link,linkat:error=\(error)", "produce", place, "token=one")
            #expect(await child.rest() == "access-one refresh-one")
            #expect(OnDisk.mode(place.record(key)) == 0o600)
            #expect(place.leftovers == [])
            #expect(try place.store().read(key)?.tokens.access == "access-one")
        }
    }
}

/// The store probe under strace, which lets calls fail.
private enum Injection {
    static func probe(_ what: String, _ command: String, _ place: Place, _ more: String...) throws -> ChildProcess {
        try ChildProcess(
            words(what) + [ChildProcess.product("aws-oidc-store-probe"), command] + place.words + more)
    }

    private static func words(_ what: String) -> [String] {
        let calls = what.split(separator: ":")[0]
        return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(calls)", "-e", "inject=\(what)"]
    }

    /// Whether there is a strace, and this system lets it trace.
    static func isPossible() async -> Bool {
        guard let child = try? ChildProcess(words("getdents64:error=EIO") + ["ls", "/"]) else { return false }
        return await child.end() == 2
    }
}
