import Domain
import Foundation
import Host
import Ports
import Testing

@testable import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("The config file where it is edited")
struct EditedConfigFileTests {
    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/aws-oidc-config-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? "(none)"
    }

    @Test("What was loaded must still be there: what somebody else wrote meanwhile stays")
    func changed() async throws {
        try await inFolder { folder in
            let path = folder + "/config"
            let file = EditedConfigFile(path: path, time: HostClock())
            #expect(try file.load() == nil)
            try write("theirs", path)
            #expect(throws: ConfigFileError.changed(path: path)) { _ = try file.replace(nil, with: Array("ours".utf8)) }
            #expect(throws: ConfigFileError.changed(path: path)) {
                _ = try file.replace(Array("old".utf8), with: Array("ours".utf8))
            }
            #expect(text(path) == "theirs")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["config"])
            try FileManager.default.removeItem(atPath: path)
            #expect(throws: ConfigFileError.changed(path: path)) {
                _ = try file.replace(Array("old".utf8), with: Array("ours".utf8))
            }
        }
    }

    @Test("Of many that write at once each sees what the ones before it wrote")
    func together() async throws {
        try await inFolder { folder in
            let path = folder + "/config"
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let file = EditedConfigFile(path: path, time: HostClock())
                        for _ in 0..<1000 {
                            guard let old = try? file.load() ?? [] else { continue }
                            let known = old.isEmpty ? nil : old
                            do {
                                _ = try file.replace(known, with: old + Array("line \(number)\n".utf8))
                                return
                            } catch {}
                        }
                    }
                }
            }
            let lines = text(path).split(separator: "\n")
            #expect(Set(lines).count == 20)
            #expect(lines.count == 20)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.count == 6, "\(names)")
        }
    }

    @Test("A link to nothing yet gets its target, in a folder that is made")
    func dangling() async throws {
        try await inFolder { folder in
            let path = folder + "/config"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "dots/deep/aws")
            _ = try EditedConfigFile(path: path, time: HostClock()).replace(nil, with: Array("x".utf8))
            #expect(text(folder + "/dots/deep/aws") == "x")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "dots/deep/aws")
        }
    }

    @Test("What a killed process left beside the file goes with the next change")
    func leftovers() async throws {
        try await inFolder { folder in
            let path = folder + "/config"
            try write("old", path)
            try write("half", folder + "/.aws-oidc-config-0123")
            _ = try EditedConfigFile(path: path, time: HostClock()).replace(Array("old".utf8), with: Array("new".utf8))
            #expect(text(path) == "new")
            #expect(!FileManager.default.fileExists(atPath: folder + "/.aws-oidc-config-0123"))
        }
    }

    @Test("What was there is kept, however many changes one second sees, and where the clock was set back")
    func latestBackup() async throws {
        try await inFolder { folder in
            let path = folder + "/config"
            try write("0", path)
            func change(_ number: Int, at seconds: Int64) throws {
                let file = EditedConfigFile(path: path, time: MomentClock(seconds: seconds))
                let backup = try file.replace(Array("\(number - 1)".utf8), with: Array("\(number)".utf8))
                #expect(text(try #require(backup)) == "\(number - 1)")
            }
            for number in 1...14 { try change(number, at: 1_800_000_000) }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().dropFirst()
            #expect(names.map { text(folder + "/" + $0) } == ["9", "10", "11", "12", "13"])
            try change(15, at: 1_700_000_000)
        }
    }

    @Test("A file that another tool changes while the new one is written stays as that tool left it")
    func changedMeanwhile() async throws {
        try await inFolder { folder in
            for replaces in [false, true] {
                let path = folder + "/config"
                try write("old", path)
                let meddler = MeddlingClock {
                    try? Data("theirs".utf8).write(to: URL(fileURLWithPath: path), options: replaces ? .atomic : [])
                }
                #expect(throws: ConfigFileError.changed(path: path)) {
                    _ = try EditedConfigFile(path: path, time: meddler).replace(
                        Array("old".utf8), with: Array("new".utf8))
                }
                #expect(text(path) == "theirs")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["config"])
            }
        }
    }

    @Test("What is no regular file, as /dev/null is, is not replaced")
    func noRegularFile() async throws {
        try await inFolder { folder in
            let path = folder + "/config"
            #expect(mkfifo(path, 0o600) == 0)
            let file = EditedConfigFile(path: path, time: HostClock())
            #expect(throws: ConfigFileError.unwritable(path: path, reason: "it is no regular file")) {
                _ = try file.replace([], with: Array("x".utf8))
            }
            let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            // A pipe is of no type that Foundation knows.
            #expect(type != .typeRegular)
            var ends: [Int32] = [-1, -1]
            #expect(pipe(&ends) == 0)
            defer { close(ends[0]) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            let shells = EditedConfigFile(path: "/dev/fd/\(ends[0])", time: HostClock())
            #expect(writeBytes(ends[1], "old", 3) == 3)
            close(ends[1])
            for _ in 0..<2 { #expect(try shells.load() == Array("old".utf8)) }
            #expect(throws: ConfigFileError.unwritable(path: shells.path, reason: "it is no regular file")) {
                _ = try shells.replace(Array("old".utf8), with: Array("x".utf8))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["config"])
        }
    }

    @Test("A file system without hard links gets whole files all the same, and nobody's file is replaced")
    func withoutLinks() async throws {
        try await inFolder { folder in
            let path = folder + "/config"
            for code in [EPERM, EOPNOTSUPP, ENOSYS, EMLINK] {
                let refuse = { (_: String, _: String) -> Int32 in
                    errno = code
                    return -1
                }
                try ConfigReplacement(beside: path, mode: 0o640).create(Array("new".utf8), at: path, linking: refuse)
                #expect(text(path) == "new")
                #expect(
                    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
                try write("theirs", path)
                #expect(throws: FileFailure.self) {
                    try ConfigReplacement(beside: path, mode: 0o640).create([], at: path, linking: refuse)
                }
                #expect(text(path) == "theirs")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["config"])
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test("A folder in its place is said, and nothing is made")
    func noFile() async throws {
        try await inFolder { folder in
            #expect(throws: ConfigFileError.self) { _ = try EditedConfigFile(path: folder, time: HostClock()).load() }
        }
    }
}

private struct MomentClock: TimeSource {
    let seconds: Int64
    func now() -> Timestamp { Timestamp(seconds: seconds) }
    func uptime() -> Double { 0 }
    func sleep(seconds: Double) async {}
}

/// Lets somebody do something when the backup is about to be made.
private struct MeddlingClock: TimeSource {
    let meddle: @Sendable () -> Void

    func now() -> Timestamp {
        meddle()
        return Timestamp(seconds: 1_800_000_000)
    }
    func uptime() -> Double { 0 }
    func sleep(seconds: Double) async {}
}

private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
