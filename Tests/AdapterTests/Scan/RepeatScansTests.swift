import Application
import Domain
import Locking
import Ports
import Testing

/// What earlier scans found, in memory.
private final class FakeMemory: ScanMemory {
    let found: Guarded<RememberedScan?>
    private let time: any TimeSource

    init(_ found: RememberedScan?, _ time: any TimeSource) {
        self.found = Guarded(found)
        self.time = time
    }

    func recall() async throws(RoleMapStoreError) -> RememberedScan? { found.with { $0 } }

    func keep(_ map: RoleMap) async throws(RoleMapStoreError) {
        let now = time.now()
        found.with { $0 = RememberedScan(map: map, at: now) }
    }
}

private struct SilentLog: Log {
    func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {}
}

@Suite("Scans again and again")
struct RepeatScansTests {
    private static let ids = FakeScan.ids

    /// A service that makes one scan, and what it serves then.
    private func serve(_ cloud: FakeCloud, _ memory: FakeMemory?, roles: [String]? = nil) async throws
        -> (ServedRoleMap, [RoleMap])
    {
        let served = ServedRoleMap(issuer: try Issuer(FakeScan.issuer), time: cloud.clock, log: SilentLog())
        let maps = Guarded<[RoleMap]>([])
        let scan = try FakeScan.make(cloud, roles: roles)
        let scans = RepeatScans(scan, memory: memory, interval: 600, time: cloud.clock)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let scanning = Task {
            await scans { event in
                served.take(event)
                if let map = served.snapshot?.map { maps.with { $0.append(map) } }
                if case .ended = event { end.yield() }
            }
        }
        for await _ in ends { break }
        scanning.cancel()
        await scanning.value
        return (served, maps.with { $0 })
    }

    @Test("What was known is served before the first scan ends, and nothing is never served in its place")
    func repeated() async throws {
        let cloud = FakeCloud(Self.ids)
        let good = try await FakeScan.map()
        cloud.broken.with { $0.accounts = Set(Self.ids) }
        let known = RememberedScan(map: good, at: Timestamp(seconds: 400))
        let memory = FakeMemory(known, cloud.clock)
        let (served, maps) = try await serve(cloud, memory)
        #expect(maps.first == good)
        #expect(maps.allSatisfy { $0.entries == good.entries })
        #expect(maps.last?.stale.count == Self.ids.count)
        // It is as old as it was, also after another restart, and a service that reads nothing is not well.
        #expect(maps.last?.stale.allSatisfy { $0.lastRead == Timestamp(seconds: 400) } == true)
        #expect(memory.found.with { $0 } == known)
        let condition = served.condition
        #expect(condition.trouble?.reason == "no account could be read.")
        #expect(condition.confirmedAt.map { cloud.clock.uptime() - $0 } == 600)
        #expect(condition.scan?.readAccounts == 0 && condition.scan?.failedAccounts == Self.ids.count)
    }

    @Test("A scan that finds no role at all leaves the last good map in use, and in memory")
    func everythingLost() async throws {
        let cloud = FakeCloud(Self.ids, secondsPerAccount: 3)
        let known = RememberedScan(map: try await FakeScan.map(), at: Timestamp(seconds: 400))
        cloud.broken.with { $0.roles = true }
        let memory = FakeMemory(known, cloud.clock)
        let (served, maps) = try await serve(cloud, memory)
        #expect(maps.allSatisfy { $0 == known.map })
        #expect(served.condition.trouble != nil)
        #expect(memory.found.with { $0 } == known)
    }

    @Test("A scan that reads no member account is not well, nor kept; what it read is served beside what was known")
    func noMember() async throws {
        let cloud = FakeCloud(Self.ids)
        let known = RememberedScan(map: try await FakeScan.map(), at: Timestamp(seconds: 400))
        cloud.broken.with { $0.accounts = Set(Self.ids.dropFirst()) }
        let memory = FakeMemory(known, cloud.clock)
        let (served, _) = try await serve(cloud, memory, roles: ["arn:aws:iam::\(Self.ids[0]):role/l"])
        let condition = served.condition
        #expect(condition.trouble?.reason.contains("those by which the organizations are listed") == true)
        #expect(condition.snapshot?.map.entries == known.map.entries)
        #expect(condition.snapshot?.map.stale.count == Self.ids.count - 1)
        #expect(condition.confirmedAt.map { cloud.clock.uptime() - $0 } == 600)
        #expect(memory.found.with { $0 } == known)
    }

    @Test("What was kept for another issuer is not served, and nothing of it is kept")
    func otherIssuer() async throws {
        let cloud = FakeCloud(Self.ids)
        let good = try await FakeScan.map()
        let foreign = RoleMap(entries: good.entries, issuer: try Issuer("https://old.example.com"))
        cloud.broken.with { $0.accounts = [Self.ids[0]] }
        let memory = FakeMemory(RememberedScan(map: foreign, at: Timestamp(seconds: 400)), cloud.clock)
        let (served, maps) = try await serve(cloud, memory)
        #expect(maps.allSatisfy { $0.issuer == good.issuer && $0.entries.count == Self.ids.count - 1 })
        #expect(served.condition.trouble == nil && memory.found.with { $0?.map } == served.snapshot?.map)
    }

    @Test("What the first scan has served is kept though the service ends before it; a later one's is not")
    func firstPart() async throws {
        for known in [nil, RememberedScan(map: try await FakeScan.map(), at: Timestamp(seconds: 400))] {
            let last = try #require(Self.ids.last)
            let cloud = FakeCloud(
                Self.ids, gate: { id in while id == last, !Task.isCancelled { await Task.yield() } })
            let memory = FakeMemory(known, cloud.clock)
            let scans = RepeatScans(try FakeScan.make(cloud), memory: memory, interval: 600, time: cloud.clock)
            let (parts, part) = AsyncStream.makeStream(of: RoleMap.self)
            let scanning = Task {
                await scans { event in
                    if case .interim(let map) = event { part.yield(map) }
                }
            }
            let turning = Task {
                while !Task.isCancelled {
                    cloud.clock.advance(5)
                    cloud.clock.release(upTo: 5)
                    await cloud.clock.sleep(seconds: 0)
                }
            }
            for await map in parts where map.entries.count == Self.ids.count - (known == nil ? 1 : 0) { break }
            scanning.cancel()
            turning.cancel()
            await scanning.value
            if known == nil {
                #expect(memory.found.with { $0?.map.entries.isEmpty } == false)
            } else {
                #expect(memory.found.with { $0 } == known)
            }
        }
    }

    @Test("A good scan is served and kept, and is as old as nothing")
    func good() async throws {
        let cloud = FakeCloud(Self.ids)
        let memory = FakeMemory(nil, cloud.clock)
        let (served, _) = try await serve(cloud, memory)
        let good = try await FakeScan.map()
        #expect(served.snapshot?.map == good && memory.found.with { $0?.map } == good)
        #expect(served.condition.trouble == nil && served.condition.confirmedAt == cloud.clock.uptime())
        #expect(served.condition.scan?.readAccounts == Self.ids.count)
    }
}
