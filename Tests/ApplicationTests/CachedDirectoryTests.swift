import Application
import Domain
import Ports
import Testing

/// The directory is asked seldom, and stood in for while it is down.
struct CachedDirectoryTests {
    private let clock = HeldClock()
    private let log = ReadableLog()

    private func world() throws -> (ScriptedDirectory, CachedDirectory) {
        let directory = ScriptedDirectory(.success([try client("one")]))
        return (directory, CachedDirectory(directory, time: clock, log: log))
    }

    @Test("within a minute a person is looked up once, and then again; another person is another question")
    func freshness() async throws {
        let (directory, cached) = try world()
        for _ in 1...5 { #expect(try await cached.clients(of: claims(of: "ada")) == [client("one")]) }
        #expect(await directory.questions == 1)
        _ = try await cached.clients(of: claims(of: "bob"))
        #expect(await directory.questions == 2)

        await directory.say(.success([try client("two")]))
        clock.advance(59)
        #expect(try await cached.clients(of: claims(of: "ada")) == [client("one")])
        clock.advance(2)
        #expect(try await cached.clients(of: claims(of: "ada")) == [client("two")])
    }

    @Test(
        "while the directory is down its last answer serves, for an hour and no longer",
        arguments: [PersonDirectoryError.unavailable(reason: "down"), .refused(reason: "no")])
    func standIn(error: PersonDirectoryError) async throws {
        let (directory, cached) = try world()
        _ = try await cached.clients(of: claims(of: "ada"))
        await directory.say(.failure(error))
        for seconds in [61.0, 1000, 2000] {
            clock.advance(seconds)
            #expect(try await cached.clients(of: claims(of: "ada")) == [client("one")])
        }
        #expect(log.lines.contains { $0.contains("stands in") && $0.contains("sub=ada") })
        clock.advance(600)
        await #expect(throws: error) { try await cached.clients(of: claims(of: "ada")) }
    }

    @Test("a directory that is down is not asked for the same person more than every ten seconds")
    func pause() async throws {
        let (directory, cached) = try world()
        _ = try await cached.clients(of: claims(of: "ada"))
        await directory.say(.failure(.unavailable(reason: "down")))
        clock.advance(61)
        for _ in 1...20 { _ = try await cached.clients(of: claims(of: "ada")) }
        #expect(await directory.questions == 2)
        clock.advance(11)
        await directory.say(.success([try client("two")]))
        #expect(try await cached.clients(of: claims(of: "ada")) == [client("two")])
    }

    @Test("nobody is answered with nothing where the directory never answered")
    func never() async throws {
        let (directory, cached) = try world()
        await directory.say(.failure(.unavailable(reason: "down")))
        await #expect(throws: PersonDirectoryError.unavailable(reason: "down")) {
            try await cached.clients(of: claims(of: "ada"))
        }
    }

    @Test("a directory that fails is told once, however many persons ask, and again when it is well")
    func told() async throws {
        let (directory, cached) = try world()
        for seconds in [40, 20] {
            await directory.say(.failure(.atLimit(reason: "at its limit for \(seconds) s", seconds: seconds)))
            for name in ["ada", "bob"] { _ = try? await cached.clients(of: claims(of: name)) }
        }
        #expect(await !cached.isWell)
        #expect(await cached.statistics.failures == 4)
        await directory.say(.success([try client("one")]))
        _ = try await cached.clients(of: claims(of: "ada"))
        #expect(await cached.isWell)
        #expect(log.lines.count == 2)
        #expect(log.lines.first?.contains("error the directory can't be asked") == true)
        #expect(log.lines.last?.contains("info the directory answers again") == true)
    }

    @Test("whoever is told to end does not wait for the directory any more", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let (directory, cached) = try world()
        await directory.hold()
        let waiting = Task { try await cached.clients(of: claims(of: "ada")) }
        while await directory.questions == 0 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: PersonDirectoryError.self) { try await waiting.value }
        await directory.release()
    }

    @Test("many who ask for one person at a time are one question")
    func together() async throws {
        let (directory, cached) = try world()
        await directory.hold()
        async let all = withThrowingTaskGroup(of: Set<ClientID>.self) { group in
            for _ in 1...50 { group.addTask { try await cached.clients(of: claims(of: "ada")) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        while await directory.questions == 0 { await Task.yield() }
        await directory.release()
        #expect(try await all.count == 50)
        #expect(await directory.questions == 1)
    }

    @Test("a person with an older answer waits two seconds for a slow directory, whose answer is taken all the same")
    func slow() async throws {
        let (directory, cached) = try world()
        _ = try await cached.clients(of: claims(of: "ada"))
        clock.advance(61)
        await directory.hold()
        await directory.say(.success([try client("two")]))
        async let answer = cached.clients(of: claims(of: "ada"))
        while clock.sleepers == 0 { await Task.yield() }
        clock.advance(CachedDirectory.patience)
        #expect(try await answer == [client("one")])
        #expect(log.lines.contains { $0.contains("stands in") && $0.contains("takes long") })
        // Nobody waits anew while it is as slow.
        #expect(try await cached.clients(of: claims(of: "ada")) == [client("one")])
        #expect(await directory.questions == 2)
        await directory.release()
        while try await cached.clients(of: claims(of: "ada")) != [client("two")] { await Task.yield() }
        #expect(await directory.questions == 2)
    }

    @Test("whoever has no older answer waits as long as it takes")
    func patient() async throws {
        let (directory, cached) = try world()
        await directory.hold()
        async let answer = cached.clients(of: claims(of: "ada"))
        while await directory.questions == 0 { await Task.yield() }
        #expect(clock.sleepers == 0)
        clock.advance(15)
        await directory.release()
        #expect(try await answer == [client("one")])
    }
}
