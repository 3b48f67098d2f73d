import Ports
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The token store of shared folders, over a file system that lies, in every order that a seed gives.
@Suite("The protocol of shared folders")
struct ProtocolTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// Which seeds are run: `AWS_OIDC_SEEDS=from-to`, or so many.
    private static var seeds: ClosedRange<UInt64> {
        guard let text = environment["AWS_OIDC_SEEDS"] else { return 1...200 }
        let bounds = text.split(separator: "-").compactMap { UInt64($0) }
        guard let first = bounds.first else { return 1...200 }
        return bounds.count == 2 ? first...max(first, bounds[1]) : 1...max(1, first)
    }

    @Test("Whatever the order, and whatever the file system says, the promises hold")
    func promisesHold() async throws {
        if let seed = Self.environment["AWS_OIDC_SEED"].flatMap({ UInt64($0) }) { return try Self.replay(seed) }
        let runs = try await Self.runs(Self.seeds)
        for run in runs where !run.problems.isEmpty {
            Issue.record("seed \(run.seed): \(run.problems[0]). AWS_OIDC_SEED=\(run.seed) shows what happened.")
        }
        print(
            "\(runs.count) seeds: \(runs.reduce(0) { $0 + $1.steps }) steps, \(runs.reduce(0) { $0 + $1.exchanges }) refreshes,",
            "\(runs.reduce(0) { $0 + $1.signIns }) sign-ins, \(runs.reduce(0) { $0 + $1.reuses }) tokens sent twice,",
            "\(runs.reduce(0) { $0 + $1.repetitions }) records repeated")
    }

    @Test("In a long outage records are repeated, the promises hold, and the folder does not grow", arguments: [5, 9])
    func outage(_ seed: UInt64) throws {
        let run = try SeedRun(
            seed,
            change: { plan in
                (plan.callers, plan.time, plan.tries) = (200, 4000, 2)
                (plan.logouts, plan.flushes, plan.goTool, plan.isPlain) = (0, false, 0, false)
                plan.lies.failure = 0
                plan.faults.outOfOrder = 1
            })
        #expect(run.problems == [])
        #expect(run.repetitions > 32)
        #expect(run.names < 250)
    }

    @Test("A seed gives the same steps each time")
    func seedsDecide() throws {
        for seed in UInt64(1)...8 {
            let one = try SeedRun(seed)
            let other = try SeedRun(seed)
            #expect(one.hash == other.hash && one.steps == other.steps, "seed \(seed)")
        }
        #expect(try SeedRun(1).hash != SeedRun(2).hash)
    }

    @Test("A store that takes a file for a lock is found out")
    func naiveStoreIsFoundOut() throws {
        var found: Set<String> = []
        for seed in UInt64(1)...60 {
            let run = try SeedRun(
                seed,
                makeStore: { world, process in
                    NaiveStore(
                        folder: world.folder.seen(by: process), coding: PlainCoding(),
                        time: VirtualTime(process: process),
                        mark: "\(process.stamp.processID)")
                })
            for problem in run.problems { found.insert(problem.filter { !$0.isNumber }) }
        }
        #expect(found.contains { $0.contains("was published twice") }, "\(found)")
        #expect(found.contains { $0.contains("could store what it got") }, "\(found)")
        #expect(found.contains { $0.contains("removed at") }, "\(found)")
    }

    private static func replay(_ seed: UInt64) throws {
        let run = try SeedRun(seed, keepsTrace: true)
        for line in run.lines { print(line) }
        for problem in run.problems { Issue.record("seed \(seed): \(problem)") }
    }

    /// Runs seeds on two threads of their own, so that other tests are not held up.
    private static func runs(_ seeds: ClosedRange<UInt64>) async throws -> [SeedRun] {
        async let odd = runs(seeds.filter { $0 % 2 == 1 })
        async let even = runs(seeds.filter { $0 % 2 == 0 })
        return try await (odd + even).sorted { $0.seed < $1.seed }
    }

    private static func runs(_ seeds: [UInt64]) async throws -> [SeedRun] {
        try await withCheckedThrowingContinuation { continuation in
            let worker = Worker { me in
                _ = me.await()
                continuation.resume(with: Result { try seeds.map { try SeedRun($0) } })
            }
            worker.start()
            worker.give(.goOn)
        }
    }
}
