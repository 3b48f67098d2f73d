import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Storage that is slow")
struct SlowStorageTests {
    @Test("What is waited for in the middle of a refresh is told, once, and what comes of it is kept")
    func refresh() async throws {
        try await onStage { stage in
            try await stage.signInExpired()
            // What a look does not need, and whoever stores something does.
            let descriptor = open(try stage.tokenFile() + ".publish", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(descriptor) }
            #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            let child = try stage.start(["token"] + stage.provided)
            let word = "Waiting for \(stage.home)/.cache/oidc-cli, whose disk or file server"
            try await wait(for: "a word on the wait") { child.errorsSoFar.contains(word) }
            #expect(flock(descriptor, LOCK_UN) == 0)
            let ended = try await child.ended()
            #expect(ended.code == 0 && ended.errorLines.count == 1, "\(ended.errors)")
            #expect(stage.grants == ["refresh_token"])
            let again = try await stage.run(["token"] + stage.provided)
            #expect(again.output == ended.output)
            #expect(stage.grants.count == 1)
        }
    }
}
