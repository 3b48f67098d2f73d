import Ports
import Testing

/// How the file system of the protocol's tests lies, and what it must not lie about.
@Suite("A file system that lies")
struct LyingFolderTests {
    /// What came of it; touched only by whoever has the baton.
    private final class Findings: @unchecked Sendable {
        var texts: [String] = []
        var failures = 0
    }

    /// Runs code of one process on each of some hosts over one folder.
    private func run(
        _ seed: UInt64, _ lies: Lies, hosts: Int = 1,
        _ code: @escaping @Sendable (Int, SimulatedProcess, any SharedFolder, Findings) async throws -> Void
    ) -> Findings {
        let simulation = Simulation(seed: seed)
        let folder = LyingFolder(simulation: simulation)
        folder.lies = lies
        let findings = Findings()
        for number in 0..<hosts {
            let host = SimulatedHost(name: "h\(number)", wallOffset: 0, bootedAt: 0)
            simulation.start(on: host) { process in
                do {
                    try await code(number, process, folder.seen(by: process), findings)
                } catch {
                    findings.failures += 1
                }
            }
        }
        simulation.run()
        return findings
    }

    @Test("link(2) to a new name is decided once, whatever is lost or late", arguments: UInt64(0)..<50)
    func linkIsDecidedOnce(seed: UInt64) {
        var lies = Lies()
        lies.lostReply = 0.2
        lies.late = 0.1
        lies.noLinkCount = 0.5
        let findings = run(seed, lies, hosts: 6) { number, process, folder, findings in
            try? folder.ensure("d")
            await process.simulation.sleep(process, 200)
            let file = try folder.makeFile("d/new.\(number)", room: 0)
            try file.fill([UInt8(number)])
            if try file.link(to: "d/name") == .made { findings.texts.append("\(number)") }
        }
        #expect(findings.texts.count <= 1)
    }

    @Test("A link whose reply is lost is told as made, by the file's own link count")
    func lostReply() {
        var lies = Lies()
        let findings = run(1, lies) { _, _, folder, findings in
            try folder.ensure("d")
            let file = try folder.makeFile("d/new", room: 0)
            try file.fill([1])
            findings.texts.append("\(try file.link(to: "d/name"))")
            findings.texts.append("\(try file.link(to: "d/name"))")
        }
        #expect(findings.texts == ["made", "made"])
        lies.lostReply = 1
        let lost = run(1, lies) { _, _, folder, _ in try folder.ensure("d") }
        #expect(lost.failures == 1)
    }

    @Test("A name can't be given to a file that was cleaned up")
    func gone() {
        let findings = run(1, .none) { _, _, folder, findings in
            try folder.ensure("d")
            let file = try folder.makeFile("d/new", room: 0)
            try file.fill([1])
            try folder.remove("d/new")
            findings.texts.append("\(try file.link(to: "d/name"))")
        }
        #expect(findings.texts == ["gone"])
    }

    @Test(
        "Another host may be shown an old listing and an old absence, and not for ever; its own doing it sees at once")
    func staleness() {
        var lies = Lies()
        lies.staleness = 30
        lies.stale = 1
        var wasHidden = false
        for seed in UInt64(0)..<20 {
            let findings = run(seed, lies, hosts: 2) { number, process, folder, findings in
                if number == 0 {
                    await process.simulation.sleep(process, 100)
                    try folder.ensure("d")
                    let file = try folder.makeFile("d/name", room: 0)
                    try file.fill([1])
                } else {
                    await process.simulation.sleep(process, 101)
                    findings.texts.append(try folder.read("d/name") == nil ? "hidden" : "shown")
                    await process.simulation.sleep(process, 32)
                    findings.texts.append(try folder.read("d/name") == nil ? "hidden" : "shown")
                    let file = try folder.makeFile("d/own", room: 0)
                    try file.fill([1])
                    _ = try file.link(to: "d/mine")
                    findings.texts.append(try folder.names(in: "d").contains("mine") ? "shown" : "hidden")
                }
            }
            wasHidden = wasHidden || findings.texts.first == "hidden"
            #expect(findings.texts.dropFirst() == ["shown", "shown"])
        }
        #expect(wasHidden)
    }

    @Test("A file that its writer has closed is whole; one that is being written may be anything")
    func wholeness() {
        var seen: Set<String> = []
        for seed in UInt64(0)..<200 {
            let findings = run(seed, .none, hosts: 2) { number, process, folder, findings in
                if number == 0 {
                    try folder.ensure("d")
                    try folder.makeFile("d/beat", room: 0).fill([1, 1])
                    await process.simulation.sleep(process, 1)
                    try folder.overwrite("d/beat", with: [2, 2])
                } else {
                    await process.simulation.sleep(process, 1)
                    findings.texts.append("\(try folder.read("d/beat") ?? [])")
                    await process.simulation.sleep(process, 1)
                    let last = try folder.read("d/beat")
                    #expect(last == [2, 2])
                }
            }
            seen.formUnion(findings.texts)
        }
        #expect(seen.isSuperset(of: ["[1, 1]", "[2, 2]"]) && seen.count > 2, "\(seen)")
    }

    @Test("A request that was given up may be done later all the same")
    func late() {
        var lies = Lies()
        lies.late = 1
        let findings = run(1, lies) { _, process, folder, findings in
            do { try folder.ensure("d") } catch { findings.texts.append("failed") }
            await process.simulation.sleep(process, 100)
            findings.texts.append("\((folder as? FolderView)?.folder.server.hasFolder("d") ?? false)")
        }
        #expect(findings.texts == ["failed", "true"])
    }
}
