import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TokenStoreContract {
    @Suite("Producing among processes", .serialized)
    struct Processes {
        @Test("of 64 processes at once one produces, and all get what it made", arguments: Backend.allCases)
        func singleFlight(_ backend: Backend) async throws {
            let place = Place(backend)
            let log = place.workspace.path("productions")
            let all = try (0..<64).map { _ in try place.probe("produce", "log=\(log)") }
            var answers: [String] = []
            for one in all {
                answers.append(await one.rest())
                #expect(await one.end() == 0)
            }
            let producers = OnDisk.lines(log)
            #expect(producers.count == 1)
            let made = producers.first ?? ""
            #expect(answers == Array(repeating: "access-\(made) refresh-\(made)", count: 64))
        }

        @Test(
            "of 32 processes that want new tokens each produces alone, or takes what came after it began",
            arguments: Backend.allCases)
        func forced(_ backend: Backend) async throws {
            let place = Place(backend)
            let log = place.workspace.path("productions")
            let all = try (0..<32).map { _ in try place.probe("produce", "force", "log=\(log)") }
            var answers: Set<String> = []
            for one in all { answers.insert(await one.rest()) }
            #expect(answers == Set(OnDisk.lines(log).map { "access-\($0) refresh-\($0)" }))
        }

        @Test("if the producer is killed, one of those who wait takes over", arguments: Backend.allCases)
        func killed(_ backend: Backend) async throws {
            let place = Place(backend)
            let log = place.workspace.path("productions")
            let first = try place.probe("produce", "hold", "log=\(log)")
            #expect(await first.line() == "in body")
            let others = try (0..<4).map { _ in try place.probe("produce", "token=second", "log=\(log)") }
            first.signal(SIGKILL)
            #expect(await first.end() == -SIGKILL)
            for other in others { #expect(await other.rest() == "access-second refresh-second") }
            #expect(OnDisk.lines(log).count == 2)
        }

        @Test(
            "a producer that is killed after its checkpoint leaves the rotated refresh token",
            arguments: Backend.allCases)
        func killedAtCheckpoint(_ backend: Backend) async throws {
            let place = Place(backend)
            let key = try MadeUp.key()
            try await place.store().publish(TokenStoreContract.over("old"), key)
            let producer = try place.probe("produce", "reserve", "checkpoint=rotated", "hold")
            #expect(await producer.line() == "in body")
            producer.signal(SIGKILL)
            _ = await producer.end()
            #expect(try place.store().read(key)?.tokens.refresh == "refresh-rotated")
            let next = try await place.store().produceUnlessLive(key) { production throws(ProductionStop) in
                #expect(try production.orStop { try $0.newest() }?.tokens.refresh == "refresh-rotated")
                return TokenStoreContract.live("next")
            }
            #expect(next.unstored == nil)
            #expect(place.leftovers == [], "the next one cleans up")
        }

        @Test("who waits for a producer that stands still gives up, and names it", arguments: Backend.allCases)
        func stands(_ backend: Backend) async throws {
            let place = Place(backend)
            let producer = try place.probe("produce", "hold", "token=late")
            #expect(await producer.line() == "in body")
            producer.signal(SIGSTOP)
            let waiter = try place.probe("produce", "limit=0.05")
            let answer = await waiter.rest()
            #expect(answer.hasPrefix("error waited 0 s for process \(producer.pid) on host, whose refresh runs since "))
            #expect(await waiter.end() == 1)
            producer.signal(SIGCONT)
            producer.goOn()
            #expect(await producer.rest() == "access-late refresh-late")
        }

        @Test("a sign-in is waited for by its own limit", arguments: Backend.allCases)
        func signInLimit(_ backend: Backend) async throws {
            let place = Place(backend)
            let producer = try place.probe("produce", "hold", "purpose=sign-in")
            #expect(await producer.line() == "in body")
            let waiter = try place.probe("produce", "limit=600", "sign-in-limit=0.05")
            let answer = await waiter.rest()
            #expect(answer.hasPrefix("error waited 0 s for process \(producer.pid) on host, whose sign-in runs since "))
        }

        @Test("a removal by another process wins over a production under way", arguments: Backend.allCases)
        func removal(_ backend: Backend) async throws {
            let place = Place(backend)
            let key = try MadeUp.key()
            try await place.store().publish(TokenStoreContract.over("old"), key)
            let producer = try place.probe("produce", "hold", "token=late")
            #expect(await producer.line() == "in body")
            #expect(await (try place.probe("remove")).rest() == "removed")
            producer.goOn()
            #expect(await producer.rest() == "access-late refresh-late", "its own caller gets the tokens")
            #expect(try place.store().read(key) == nil)
        }
    }
}
