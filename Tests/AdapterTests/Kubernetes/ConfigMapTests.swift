import Curl
import Domain
import Host
import Kubernetes
import Locking
import OpenSSL
import Ports
import RoleMapYAML
import StandIns
import Testing

/// The role map in a ConfigMap, against an API server that keeps its rules.
struct ConfigMapTests {
    private func play(_ body: (ConfigMapStore, StandInKubernetes) async throws -> Void) async throws {
        let cluster = try await StandInKubernetes.start()
        let result: Result<Void, any Error>
        do { result = .success(try await body(try store(cluster), cluster)) } catch { result = .failure(error) }
        await cluster.stop()
        try result.get()
    }

    private func store(
        _ cluster: StandInKubernetes, namespace: String = "ns", time: any TimeSource = HostClock()
    ) throws -> ConfigMapStore {
        ConfigMapStore(
            try KubernetesSettings(
                server: cluster.address, namespace: namespace, name: "rolemap", key: "rolemap.yaml", tokenFile: nil),
            coding: Coding(), http: CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "test")),
            time: time, random: OpenSSLCryptography(), log: SilentLog())
    }

    private func map(_ names: String...) throws -> RoleMap {
        RoleMap(
            entries: try names.map { name in
                RoleMap.Entry(
                    account: try #require(Account(id: "123456789012", name: "n", alias: "a")),
                    role: try RoleARN("arn:aws:iam::123456789012:role/\(name)"), clientID: try ClientID("0oa1"))
            })
    }

    @Test("what was saved is loaded; before that there is nothing")
    func roundTrip() async throws {
        try await play { store, cluster in
            #expect(try await store.load() == nil)
            let first = try map("one", "two")
            try await store.save(first)
            #expect(try await store.load() == first)
            let second = try map("three")
            try await store.save(second)
            #expect(try await self.store(cluster).load() == second)
            #expect(cluster.value("rolemap", "rolemap.yaml") == RoleMapDocument.text(second))
        }
    }

    @Test("other keys and labels of the ConfigMap stay, and saving the same again writes nothing")
    func others() async throws {
        try await play { store, cluster in
            cluster.put("rolemap", ["mine": "yours"], labels: ["team": "a"])
            #expect(try await store.load() == nil)
            try await store.save(try map("one"))
            #expect(cluster.value("rolemap", "mine") == "yours")
            #expect(cluster.object("rolemap")?["metadata"]?["labels"]?["team"]?.text == "a")
            try await store.save(try map("one"))
            #expect(cluster.requests.count { $0.hasPrefix("PUT") } == 1)
        }
    }

    @Test("a map that somebody else wrote, made or took away since is not written over")
    func conflicts() async throws {
        try await play { store, cluster in
            _ = try await store.load()
            cluster.put("rolemap", ["rolemap.yaml": "[]\n"])
            await #expect(throws: RoleMapStoreError.changed(place: Self.place)) { try await store.save(try map("one")) }
            _ = try await store.load()
            cluster.put("rolemap", ["rolemap.yaml": "[]\n", "more": "x"])
            await #expect(throws: RoleMapStoreError.changed(place: Self.place)) { try await store.save(try map("one")) }
            _ = try await store.load()
            cluster.remove("rolemap")
            await #expect(throws: RoleMapStoreError.changed(place: Self.place)) { try await store.save(try map("one")) }
        }
    }

    @Test("a namespace that is not there is told, and is no conflict")
    func noNamespace() async throws {
        try await play { _, cluster in
            let store = try self.store(cluster, namespace: "elsewhere")
            #expect(try await store.load() == nil)
            let error = await #expect(throws: RoleMapStoreError.self) { try await store.save(try map("one")) }
            guard case .unreachable(_, let reason)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.contains("404"))
        }
    }

    private static let place = "the ConfigMap ns/rolemap, key rolemap.yaml"

    @Test("a map that is too large for a ConfigMap is refused before it is sent")
    func tooLarge() async throws {
        try await play { store, cluster in
            let names = (0..<8000).map { "role-with-a-long-name-\($0)" }
            let large = RoleMap(
                entries: try names.map { name in
                    RoleMap.Entry(
                        account: try #require(Account(id: "123456789012", name: "n", alias: "a")),
                        role: try RoleARN("arn:aws:iam::123456789012:role/\(name)"), clientID: try ClientID("0oa1"))
                })
            let error = await #expect(throws: RoleMapStoreError.self) { try await store.save(large) }
            #expect("\(String(describing: error))".contains("1 MiB"))
            #expect(cluster.requests.isEmpty)
        }
    }

    @Test("a server that is out of order, or says nonsense, is an error and no empty map")
    func outage() async throws {
        try await play { store, cluster in
            cluster.put("rolemap", ["rolemap.yaml": "{ no list"])
            await #expect(throws: RoleMapStoreError.self) { try await store.load() }
            cluster.change { $0.outage = 500 }
            await #expect(throws: RoleMapStoreError.self) { try await store.load() }
        }
    }

    @Test("a change is told as it happens, by a watch that goes on when the server ends it or forgets its version")
    func watching() async throws {
        try await play { store, cluster in
            let news = Guarded<[Result<RoleMap?, RoleMapStoreError>]>([])
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(try map("one"))])
            let following = Task { await store.follow { one in news.with { $0.append(one) } } }
            defer { following.cancel() }
            func latest() -> RoleMap?? { news.with { try? $0.last?.get() } }

            let (one, two, three, four) = (try map("one"), try map("two"), try map("three"), try map("four"))
            try await until { latest() == .some(one) && cluster.watches == 1 }
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(two)])
            try await until { latest() == .some(two) }
            cluster.endWatches()
            try await until { cluster.watches == 2 }
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(three)])
            try await until { latest() == .some(three) }
            cluster.change { $0.forgets = true }
            cluster.endWatches()
            try await until { cluster.watches >= 4 }
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(four)])
            try await until { latest() == .some(four) }
            cluster.remove("rolemap")
            try await until { latest() == .some(.none) }
            // It was watched, not asked again and again.
            #expect(cluster.requests.count { $0.hasSuffix("/configmaps/rolemap") } == 0)
        }
    }

    @Test("where the service account may not watch, the map is read plainly")
    func noWatching() async throws {
        try await play { store, cluster in
            cluster.change { $0.forbidsWatching = true }
            let wanted = try map("one")
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(wanted)])
            let news = Guarded<RoleMap?>(nil)
            let following = Task { await store.follow { one in news.with { $0 = (try? one.get()) ?? $0 } } }
            try await until { news.with { $0 } == wanted }
            following.cancel()
            await following.value
        }
    }

    /// What the server does to each watch, and whether that is told as an error.
    private static let shortWatches: [(manners: @Sendable (inout StandInKubernetes.Manners) -> Void, isError: Bool)] = [
        ({ $0.endsWatches = true }, false), ({ $0.watchStatus = 410 }, false),
        ({ $0.watchError = 410 }, false), ({ $0.watchError = 500 }, true),
        ({ $0.watchStatus = 500 }, true),
    ]

    @Test("a watch that is over as soon as it has begun is not begun again without a pause", arguments: 0..<5)
    func shortWatches(index: Int) async throws {
        let (manners, isError) = Self.shortWatches[index]
        try await play { _, cluster in
            let wanted = try map("one")
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(wanted)])
            cluster.change(manners)
            let time = CountedTime()
            let store = try self.store(cluster, time: time)
            let news = Guarded<[Result<RoleMap?, RoleMapStoreError>]>([])
            let following = Task { await store.follow { one in news.with { $0.append(one) } } }
            try await until { cluster.watches >= 8 }
            following.cancel()
            await following.value
            // The last one may not have come to its pause.
            #expect(time.sleeps.count >= cluster.watches - 1)
            let told = news.with { $0 }
            #expect(try told.first?.get() == wanted)
            #expect(told.contains { (try? $0.get()) == nil } == isError)
        }
    }

    @Test("a watch that goes on for a while and breaks off is gone on with from the last version, bookmarks counted")
    func brokenWatches() async throws {
        try await play { store, cluster in
            let news = Guarded<[Result<RoleMap?, RoleMapStoreError>]>([])
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(try map("one"))])
            let following = Task { await store.follow { one in news.with { $0.append(one) } } }
            defer { following.cancel() }
            try await until { cluster.watches == 1 }
            cluster.bookmark()
            cluster.bookmark()
            cluster.breakWatches()
            try await until { cluster.watches == 2 }
            #expect(cluster.watchedVersions == ["101", "103"])
            let two = try map("two")
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(two)])
            try await until { news.with { (try? $0.last?.get()) == .some(two) } }
            // A bookmark is no news, and a watch that breaks off no error.
            #expect(news.with { $0.count } == 2)
        }
    }

    @Test("where the service account may list and not watch, the map is read again and again, and nothing is an error")
    func listOnly() async throws {
        try await play { _, cluster in
            cluster.change { $0.watchStatus = 403 }
            let wanted = try map("one")
            cluster.put("rolemap", ["rolemap.yaml": RoleMapDocument.text(wanted)])
            let time = CountedTime()
            let store = try self.store(cluster, time: time)
            let news = Guarded<[Result<RoleMap?, RoleMapStoreError>]>([])
            let following = Task { await store.follow { one in news.with { $0.append(one) } } }
            try await until { news.with { $0.count } >= 3 }
            following.cancel()
            await following.value
            #expect(news.with { $0.allSatisfy { (try? $0.get()) == .some(wanted) } })
            #expect(time.sleeps.allSatisfy { $0 == 30 })
        }
    }

    @Test("names that would change the address are refused", arguments: ["a/b", "", "a b", "A", "é", "a?b"])
    func names(name: String) {
        #expect(throws: InvalidKubernetesName.self) {
            try KubernetesSettings(server: "https://k", namespace: "ns", name: name, key: "k", tokenFile: nil)
        }
    }

    private struct Coding: RoleMapCoding {
        func text(_ map: RoleMap) -> String { RoleMapDocument.text(map) }

        func map(_ text: String, place: String) throws(RoleMapStoreError) -> RoleMap {
            try RoleMapDocument.parse(text, place: place)
        }
    }

    /// A clock that stands still, and keeps what was slept, which takes no time.
    private final class CountedTime: TimeSource {
        private let kept = Guarded<[Double]>([])

        var sleeps: [Double] { kept.with { $0 } }

        func now() -> Timestamp { Timestamp(seconds: 1000) }
        func uptime() -> Double { 1000 }
        func sleep(seconds: Double) async {
            kept.with { $0.append(seconds) }
            await Task.yield()
        }
    }

    private struct SilentLog: Log {
        func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {}
    }
}
