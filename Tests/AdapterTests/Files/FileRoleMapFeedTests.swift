import Domain
import Files
import Foundation
import Host
import Locking
import Ports
import RoleMapYAML
import Testing

/// The role map in a file that others write.
struct FileRoleMapFeedTests {
    private static let text = """
        - aws_account_id: "123456789012"
          aws_account_alias: acme
          aws_role_arn: arn:aws:iam::123456789012:role/reader
          okta_client_id: 0oa1

        """

    private struct Coding: RoleMapCoding {
        func text(_ map: RoleMap) -> String { RoleMapDocument.text(map) }

        func map(_ text: String, place: String) throws(RoleMapStoreError) -> RoleMap {
            try RoleMapDocument.parse(text, place: place)
        }
    }

    @Test(
        "what is written is told, a file that is another one too; what is broken is an error, and what is gone is nothing"
    )
    func news() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/aws-oidc-feed-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // As Kubernetes mounts a ConfigMap: the file is behind a link to a folder, which is turned.
        for (name, text) in [("one", Self.text), ("two", Self.text + Self.text.replacing("reader", with: "writer"))] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)/map"))
        }
        func turn(_ name: String) throws {
            try? FileManager.default.removeItem(atPath: folder + "/data")
            try FileManager.default.createSymbolicLink(atPath: folder + "/data", withDestinationPath: name)
        }
        try turn("one")

        let news = Guarded<[Result<RoleMap?, RoleMapStoreError>]>([])
        let feed = FileRoleMapFeed(path: folder + "/data/map", coding: Coding(), time: HostClock(), interval: 0.01)
        let following = Task { await feed.follow { one in news.with { $0.append(one) } } }
        defer { following.cancel() }
        func roles() -> Int? { news.with { try? $0.last?.get()?.entries.count } }

        try await until { roles() == 1 }
        try turn("two")
        try await until { roles() == 2 }
        let before = news.with { $0.count }
        try Data("{ no list".utf8).write(to: URL(fileURLWithPath: folder + "/two/map"))
        try await until { news.with { if case .failure? = $0.last { true } else { false } } }
        try FileManager.default.removeItem(atPath: folder + "/two/map")
        try await until { news.with { if case .success(nil)? = $0.last { true } else { false } } }
        // An unchanged file is not read again and again.
        #expect(before <= 4)
    }

    @Test("a broken file is told once, and not read again until it is another one")
    func broken() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/aws-oidc-broken-\(UUID().uuidString)"
        try Data("{ no list".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (looks, news) = (Guarded(0), Guarded<[Result<RoleMap?, RoleMapStoreError>]>([]))
        let feed = FileRoleMapFeed(path: path, coding: Coding(), time: HurriedTime(looks))
        let following = Task { await feed.follow { one in news.with { $0.append(one) } } }
        defer { following.cancel() }
        try await until { looks.with { $0 } >= 20 }
        #expect(news.with { $0.count } == 1)
        try Data(Self.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        try await until { news.with { (try? $0.last?.get()?.entries.count) == 1 } }
    }

    /// A clock on which waiting takes no time, and is counted.
    private struct HurriedTime: TimeSource {
        let looks: Guarded<Int>

        init(_ looks: Guarded<Int>) { self.looks = looks }

        func now() -> Timestamp { Timestamp(seconds: 0) }
        func uptime() -> Double { 0 }
        func sleep(seconds: Double) async {
            looks.with { $0 += 1 }
            await Task.yield()
        }
    }
}
