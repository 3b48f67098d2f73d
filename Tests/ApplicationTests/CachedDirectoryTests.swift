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
            await directory.say(.failure(.notNow(reason: "at its limit for \(seconds) s", seconds: seconds)))
            for name in ["ada", "bob"] { _ = try? await cached.clients(of: claims(of: name)) }
            clock.advance(Double(seconds))
        }
        #expect(await !cached.isWell)
        #expect(await cached.statistics.failures == 2)
        await directory.say(.success([try client("one")]))
        _ = try await cached.clients(of: claims(of: "ada"))
        #expect(await cached.isWell)
        #expect(log.lines.count == 2)
        #expect(log.lines.first?.contains("error the directory can't be asked") == true)
        #expect(log.lines.last?.contains("info the directory answers again") == true)
    }

    @Test("once the directory has failed, everybody else is told at once, or served what was known; one tries it again")
    func leftAlone() async throws {
        let (directory, cached) = try world()
        _ = try await cached.clients(of: claims(of: "known"))
        clock.advance(CachedDirectory.freshness)
        await directory.say(.failure(.unavailable(reason: "down")))
        _ = try? await cached.clients(of: claims(of: "ada"))
        let (asked, pause) = (await directory.questions, CachedDirectory.pause)
        #expect(try await cached.clients(of: claims(of: "known")) == [client("one")])
        await #expect(throws: PersonDirectoryError.notNow(reason: "down", seconds: Int(pause))) {
            try await cached.clients(of: claims(of: "bob"))
        }
        #expect(await directory.questions == asked)
        // The pause is over: the first who comes tries it, and nobody waits with them.
        clock.advance(pause)
        await directory.hold()
        async let trying = cached.clients(of: claims(of: "bob"))
        while await directory.questions == asked { await Task.yield() }
        await #expect(throws: PersonDirectoryError.notNow(reason: "down", seconds: 1)) {
            try await cached.clients(of: claims(of: "carol"))
        }
        #expect(try await cached.clients(of: claims(of: "known")) == [client("one")])
        await directory.release()
        _ = try? await trying
        // In vain: now it is left alone for twice as long.
        clock.advance(pause * 2 - 1)
        await #expect(throws: PersonDirectoryError.notNow(reason: "down", seconds: 1)) {
            try await cached.clients(of: claims(of: "carol"))
        }
        clock.advance(1)
        await directory.say(.success([try client("two")]))
        for name in ["carol", "ada", "known"] {
            #expect(try await cached.clients(of: claims(of: name)) == [client("two")])
        }
        #expect(await directory.questions == asked + 4)
    }

    @Test("a pause grows up to a minute, and is as long as the directory asks for where it does")
    func pauses() async throws {
        let (directory, cached) = try world()
        func failing(_ error: PersonDirectoryError) async throws -> Int {
            await directory.say(.failure(error))
            _ = try? await cached.clients(of: claims(of: "ada"))
            let refusal = await #expect(throws: PersonDirectoryError.self) {
                try await cached.clients(of: claims(of: "bob"))
            }
            guard case .notNow(_, let seconds)? = refusal else { return 0 }
            clock.advance(Double(seconds))
            return seconds
        }
        var pauses: [Int] = []
        for _ in 1...6 { pauses.append(try await failing(.unavailable(reason: "down"))) }
        #expect(pauses == [5, 10, 20, 40, 60, 60])
        #expect(try await failing(.notNow(reason: "limit", seconds: 300)) == 300)
    }

    @Test("a person that the directory has no answer about costs nobody else anything, nor the service its health")
    func onePerson() async throws {
        let (directory, cached) = try world()
        let error = PersonDirectoryError.notThisPerson(reason: "no such id")
        await directory.say(.failure(error))
        for _ in 1...2 { await #expect(throws: error) { try await cached.clients(of: claims(of: "a b\"c")) } }
        #expect(await cached.isWell)
        #expect(await cached.statistics.failures == 0)
        await directory.say(.success([try client("one")]))
        #expect(try await cached.clients(of: claims(of: "ada")) == [client("one")])
        #expect(log.lines.isEmpty)
        // Nor does it stand in the way of those who try whether an outage is over.
        await directory.say(.failure(.unavailable(reason: "down")))
        _ = try? await cached.clients(of: claims(of: "bob"))
        clock.advance(CachedDirectory.pause)
        await directory.say(.failure(error))
        _ = try? await cached.clients(of: claims(of: "another"))
        #expect(await !cached.isWell)
        await directory.say(.success([try client("one")]))
        #expect(try await cached.clients(of: claims(of: "bob")) == [client("one")])
    }

    @Test("that there is no answer about a person is known for a minute, as an answer is, and goes before an older one")
    func noAnswerIsKept() async throws {
        let (directory, cached) = try world()
        _ = try await cached.clients(of: claims(of: "ada"))
        clock.advance(CachedDirectory.freshness)
        let error = PersonDirectoryError.notThisPerson(reason: "no such id")
        await directory.say(.failure(error))
        for name in ["ada", "bob"] {
            for _ in 1...20 { await #expect(throws: error) { try await cached.clients(of: claims(of: name)) } }
        }
        #expect(await directory.questions == 3)
        clock.advance(CachedDirectory.freshness)
        await directory.say(.success([try client("two")]))
        #expect(try await cached.clients(of: claims(of: "ada")) == [client("two")])
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
