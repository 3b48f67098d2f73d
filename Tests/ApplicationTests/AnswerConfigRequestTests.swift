import Application
import Domain
import Ports
import Testing

/// What is answered without anybody being waited for.
struct AnswerConfigRequestTests {
    private let clock = HeldClock()
    private let log = ReadableLog()

    private struct World {
        let tokens: VerifiedTokens
        let directory: ScriptedDirectory
        let cached: CachedDirectory
        let roles: ServedRoleMap
        let answers: AnswerConfigRequest
    }

    private func world() throws -> World {
        let tokens = VerifiedTokens(
            verifier: CountingVerifier(TurnedClock()),
            expectations: IDTokenExpectations(
                issuer: try Issuer("https://id.example.com"), clientID: try client("c"), nonce: nil, accessToken: nil),
            digester: PlainDigester(), time: clock, log: log)
        let directory = ScriptedDirectory(.success([try client("one")]))
        let roles = ServedRoleMap(time: clock, log: log)
        let cached = CachedDirectory(directory, time: clock, log: log)
        let answers = AnswerConfigRequest(tokens: tokens, directory: cached, roles: roles)
        return World(tokens: tokens, directory: directory, cached: cached, roles: roles, answers: answers)
    }

    private let ada = BearerCredentials.token(Secret("ada"))

    @Test("once a token was verified and its person looked up, nobody has to be waited for, for as long as both hold")
    func atHand() async throws {
        let world = try world()
        world.roles.take(.success(try map("one", "two")))
        #expect(try world.answers.answerAtHand(to: ada) == nil)
        #expect(try await world.answers.answer(to: ada).subject == "ada")
        for _ in 1...3 {
            let answer = try #require(try world.answers.answerAtHand(to: ada))
            world.answers.countAtHand(answer)
            #expect(answer.subject == "ada")
            #expect(answer.roles.profiles.map(\.clientID.text) == ["one"])
        }
        let counts = await world.tokens.statistics
        #expect(counts.verifications == 1 && counts.hits == 3)
        #expect(await world.cached.statistics.hits == 3)

        world.roles.take(.success(try map("one", "one")))
        #expect(try world.answers.answerAtHand(to: ada)?.roles.profiles.count == 2)
        clock.advance(CachedDirectory.freshness + 1)
        #expect(try world.answers.answerAtHand(to: ada) == nil)
        _ = try await world.answers.answer(to: ada)
        #expect(try world.answers.answerAtHand(to: ada) != nil)
        clock.advance(700)
        #expect(try world.answers.answerAtHand(to: ada) == nil)
        #expect(await world.directory.questions == 2)
    }

    @Test("what can't be a token is refused at once; where there is no role map yet that is left to those who wait")
    func refusals() async throws {
        let world = try world()
        #expect(throws: ConfigRefusal.noToken) { try world.answers.answerAtHand(to: .absent) }
        #expect(throws: ConfigRefusal.badToken(reason: "why")) {
            try world.answers.answerAtHand(to: .malformed(reason: "why"))
        }
        await #expect(throws: ConfigRefusal.noRoleMap(subject: "ada")) { try await world.answers.answer(to: ada) }
        #expect(try world.answers.answerAtHand(to: ada) == nil)
    }

    @Test("what was at hand and was not answered by is counted once, by those who answer in its place")
    func countedOnce() async throws {
        let world = try world()
        world.roles.take(.success(try map("one")))
        _ = try await world.answers.answer(to: ada)
        for _ in 1...5 { #expect(try world.answers.answerAtHand(to: ada) != nil) }
        _ = try await world.answers.answer(to: ada)
        #expect(await world.cached.statistics.hits == 1)
        await world.directory.say(.failure(.unavailable(reason: "down")))
        clock.advance(CachedDirectory.freshness + 1)
        _ = try await world.answers.answer(to: ada)
        let answer = try #require(try world.answers.answerAtHand(to: ada))
        #expect(await world.cached.statistics.stale == 1)
        world.answers.countAtHand(answer)
        #expect(await world.cached.statistics.stale == 2)
    }

    @Test("who the directory has no answer about is told so, and not to come again")
    func notThisPerson() async throws {
        let world = try world()
        world.roles.take(.success(try map("one")))
        await world.directory.say(.failure(.notThisPerson(reason: "no such id")))
        let refusal = await #expect(throws: ConfigRefusal.self) { try await world.answers.answer(to: ada) }
        #expect(refusal?.subject == "ada" && refusal?.retryAfter == nil)
        #expect(refusal.map { "\($0)" }?.contains("no answer about this person: no such id") == true)
    }

    @Test("while the directory is left alone its last answer is at hand")
    func standIn() async throws {
        let world = try world()
        world.roles.take(.success(try map("one")))
        _ = try await world.answers.answer(to: ada)
        await world.directory.say(.failure(.unavailable(reason: "down")))
        clock.advance(CachedDirectory.freshness + 1)
        _ = try await world.answers.answer(to: ada)
        #expect(try world.answers.answerAtHand(to: ada) != nil)
        clock.advance(CachedDirectory.pause + 1)
        #expect(try world.answers.answerAtHand(to: ada) == nil)
    }

    /// A map with a role for each of these clients.
    private func map(_ clients: String...) throws -> RoleMap {
        RoleMap(
            entries: try clients.enumerated().map { number, name in
                RoleMap.Entry(
                    account: try #require(Account(id: "123456789012", name: "", alias: "")),
                    role: try RoleARN("arn:aws:iam::123456789012:role/r\(number)"), clientID: try client(name))
            })
    }
}
