import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Trouble with the database")
struct DatabaseTroubleTests {
    /// Changes to a database's bytes, and the words by which they are told.
    private static let damages: [(what: String, change: @Sendable (inout Data) -> Void, told: [String])] = [
        (
            "garbage", { $0 = Data(repeating: 0xa5, count: $0.count) },
            ["is damaged, or no SQLite database", "Move it away (mv '"]
        ),
        (
            "damaged behind its header",
            { $0.replaceSubrange(100..., with: Data(repeating: 0, count: $0.count - 100)) },
            ["is damaged, or no SQLite database", "Move it away (mv '"]
        ),
        ("a newer version's", { $0[63] = 7 }, ["a newer aws-oidc made it (format 7", "--cache sqlite:PATH"]),
    ]

    @Test(
        "With a database of no use one signs in and gets credentials all the same, with a warning; the file stays",
        arguments: damages.indices)
    func unusable(index: Int) async throws {
        let damage = Self.damages[index]
        try await onStage { stage in
            let database = stage.folder + "/db/t.db"
            let arguments = stage.credsProcess + ["--cache=sqlite:" + database]
            let first = try await stage.run(arguments)
            #expect(first.code == 0, "\(first.errors)")
            var bytes = try #require(FileManager.default.contents(atPath: database))
            damage.change(&bytes)
            try stage.overwrite(database, bytes)
            try stage.dropCredentials()

            let nobody = try await stage.run(arguments, with: ["BROWSER": nil])
            #expect(nobody.code == 1 && nobody.output.isEmpty)
            #expect(nobody.errorLines.count == 1, "\(nobody.errors)")
            let ended = try await stage.run(arguments)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            #expect(stage.visits == 2)
            for errors in [nobody.errors, ended.errors] {
                for word in damage.told + [database] { #expect(errors.contains(word), "\(damage.what): \(errors)") }
            }
            #expect(FileManager.default.contents(atPath: database) == bytes)
            // The credentials lie elsewhere: they serve every call.
            let again = try await stage.run(arguments)
            #expect([again.output, again.errors] == [ended.output, ""])
        }
    }

    @Test("Another program's database is a mistake in the arguments: nobody is asked to sign in")
    func anothers() async throws {
        try await onStage { stage in
            let database = stage.folder + "/db/t.db"
            let login = try await stage.run(["login"] + stage.provided + ["--cache=sqlite:" + database])
            #expect(login.code == 0, "\(login.errors)")
            var bytes = try #require(FileManager.default.contents(atPath: database))
            // Its mark (application_id) stands at 68.
            bytes[68] ^= 0xff
            try stage.overwrite(database, bytes)
            let ended = try await stage.run(stage.credsProcess + ["--cache=sqlite:" + database])
            #expect(ended.code == 1 && ended.errorLines.count == 1)
            #expect(ended.errors.contains("it is a database of another program"), "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("A database that another process keeps locked ends the run with one line that says so")
    func locked() async throws {
        try await onStage { stage in
            let database = stage.folder + "/db/t.db"
            let arguments = ["--cache=sqlite:" + database]
            let login = try await stage.run(["login"] + stage.provided + arguments)
            #expect(login.code == 0, "\(login.errors)")
            // SQLite's own locks (sqlite.org/src/doc/trunk/src/os.h): whoever has the bytes from 1 GB on has the file.
            let file = open(database, O_RDWR)
            defer { close(file) }
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_start = 0x4000_0000
            lock.l_len = 512
            try #require(file >= 0 && fcntl(file, F_SETLK, &lock) == 0)
            let ended = try await stage.run(stage.credsProcess + arguments)
            #expect(ended.code == 1 && ended.output.isEmpty)
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains("another process has held it locked for 10 s"), "\(ended.errors)")
            #expect(stage.visits == 1)
            lock.l_type = Int16(F_UNLCK)
            #expect(fcntl(file, F_SETLK, &lock) == 0)
            let free = try await stage.run(stage.credsProcess + arguments)
            #expect(free.code == 0, "\(free.errors)")
            #expect(stage.visits == 1)
        }
    }
}
