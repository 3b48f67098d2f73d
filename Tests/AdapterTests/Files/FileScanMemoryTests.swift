import Domain
import Files
import Foundation
import Ports
import RoleMapYAML
import Testing

/// What scans found, over a restart.
struct FileScanMemoryTests {
    private struct Coding: RoleMapCoding {
        func text(_ map: RoleMap) -> String { RoleMapDocument.text(map) }

        func map(_ text: String, place: String) throws(RoleMapStoreError) -> RoleMap {
            try RoleMapDocument.parse(text, place: place)
        }
    }

    private func map(_ name: String) throws -> RoleMap {
        RoleMap(entries: [
            RoleMap.Entry(
                account: try #require(Account(id: "123456789012", name: "n", alias: "a")),
                role: try RoleARN("arn:aws:iam::123456789012:role/\(name)"), clientID: try ClientID("0oa1"))
        ])
    }

    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/aws-oidc-state-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder + "/state.yaml")
    }

    private func memory(_ path: String) -> FileScanMemory { FileScanMemory(path: path, coding: Coding()) }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test("what was kept is recalled with its moment; the same found again is younger")
    func moments() async throws {
        try await inFolder { path in
            let (memory, one) = (memory(path), try map("one"))
            #expect(try await memory.recall() == nil)
            try await memory.keep(one)
            let old = Date(timeIntervalSince1970: 1_000_000)
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
            #expect(
                try await self.memory(path).recall() == RememberedScan(map: one, at: Timestamp(seconds: 1_000_000)))
            try await memory.keep(one)
            let again = try #require(try await self.memory(path).recall())
            #expect(again.map == one && again.at > Timestamp(seconds: 1_000_000))
        }
    }

    @Test("a copy is no younger than what it is a copy of")
    func copied() async throws {
        try await inFolder { path in
            let found = RoleMap(entries: try map("one").entries, scannedAt: Timestamp(seconds: 1_000_000))
            try await memory(path).keep(found)
            try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
            #expect(try await self.memory(path + ".copy").recall()?.at == Timestamp(seconds: 1_000_000))
        }
    }

    @Test("where a file can't be put is known before anything is written")
    func unwritable() async throws {
        try await inFolder { path in
            #expect(WritablePlace.problem(path) == nil)
            #expect(WritablePlace.problem(path + "/no/such") != nil)
            try write("x", path)
            #expect(WritablePlace.problem(path) == nil)
            #expect(WritablePlace.problem(path + "/x") != nil)
            #expect(WritablePlace.problem(String(path.dropLast("/state.yaml".count))) == "it is a folder")
        }
    }

    @Test("what can't be read is put aside, and that is said")
    func unreadable() async throws {
        try await inFolder { path in
            try write("{ no list", path)
            let memory = memory(path)
            let error = await #expect(throws: RoleMapStoreError.self) { try await memory.recall() }
            #expect("\(String(describing: error))".contains(path + ".unreadable"))
            try await memory.keep(try map("one"))
            #expect(try await self.memory(path).recall()?.map == map("one"))
            #expect(FileManager.default.contents(atPath: path + ".unreadable") == Data("{ no list".utf8))
        }
    }

    @Test("what somebody else writes there does not keep scans from being kept", arguments: ["[]\n", "{ no list"])
    func foreign(text: String) async throws {
        try await inFolder { path in
            let memory = memory(path)
            try await memory.keep(try map("one"))
            for name in ["two", "three"] {
                try write(text, path)
                try await memory.keep(try map(name))
                #expect(try await self.memory(path).recall()?.map == map(name))
            }
        }
    }

    @Test("a map for others that can't be read is not written over")
    func store() async throws {
        try await inFolder { path in
            try write("{ no list", path)
            let store = FileRoleMapStore(path: path, coding: Coding())
            await #expect(throws: RoleMapStoreError.self) { try await store.load() }
            await #expect(throws: RoleMapStoreError.changed(place: path)) { try await store.save(try map("one")) }
            #expect(FileManager.default.contents(atPath: path) == Data("{ no list".utf8))
        }
    }
}
