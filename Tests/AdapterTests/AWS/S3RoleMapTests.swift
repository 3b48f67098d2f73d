import AWS
import Domain
import OpenSSL
import Ports
import RoleMapYAML
import Testing

@Suite("The role map in S3")
struct S3RoleMapTests {
    private struct Coding: RoleMapCoding {
        func text(_ map: RoleMap) -> String { RoleMapDocument.text(map) }

        func map(_ text: String, place: String) throws(RoleMapStoreError) -> RoleMap {
            try RoleMapDocument.parse(text, place: place)
        }
    }

    private func store(
        _ http: ScriptedHTTP, _ time: FakeTime, _ place: String = "s3://maps/a b/map.yaml",
        _ more: [String: String] = [:], retries: Int = 0
    ) throws -> S3RoleMapStore {
        let variables = ["AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"].merging(more) { $1 }
        let cryptography = OpenSSLCryptography()
        let signer = SignatureV4(digester: cryptography, authenticator: cryptography)
        let variable: @Sendable (String) -> String? = { variables[$0] }
        return S3RoleMapStore(
            try S3Place(place), http: http, time: time, random: Halves(), signer: signer,
            credentials: OwnCredentials(
                http: http, time: time, random: Halves(), signer: signer, variable: variable, home: nil),
            variable: variable, retries: retries, coding: Coding())
    }

    private func map(_ name: String) throws -> RoleMap {
        RoleMap(entries: [
            RoleMap.Entry(
                account: try #require(Account(id: "123456789012", name: "n", alias: "a")),
                role: try RoleARN("arn:aws:iam::123456789012:role/\(name)"), clientID: try ClientID("0oa1"))
        ])
    }

    private static func object(_ text: String, tag: String) -> ScriptedHTTP.Step {
        .body(text, 200, headers: [HTTPHeader("ETag", tag)])
    }

    @Test(
        "Where a bucket is: in its region's host, and before it where FIPS is asked for",
        arguments: [
            (["AWS_REGION": "eu-west-1"], "https://s3.eu-west-1.amazonaws.com/maps/a%20b/map.yaml"),
            ([:], "https://s3.us-east-1.amazonaws.com/maps/a%20b/map.yaml"),
            (
                ["AWS_REGION": "us-gov-west-1", "AWS_USE_FIPS_ENDPOINT": "true"],
                "https://maps.s3-fips.us-gov-west-1.amazonaws.com/a%20b/map.yaml"
            ),
            (
                ["AWS_USE_FIPS_ENDPOINT": "true", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"],
                "http://127.0.0.1:1/maps/a%20b/map.yaml"
            ),
        ])
    func addresses(variables: [String: String], address: String) async throws {
        let time = FakeTime()
        let http = ScriptedHTTP([.body("", 404)], time)
        #expect(try await store(http, time, "s3://maps/a b/map.yaml", variables).load() == nil)
        #expect(await http.requests.map(\.address) == [address])
    }

    @Test("A bucket with a dot has no host of FIPS, which is said")
    func dottedBucket() async throws {
        let time = FakeTime()
        let http = ScriptedHTTP([], time)
        let store = try store(http, time, "s3://my.maps/map.yaml", ["AWS_USE_FIPS_ENDPOINT": "true"])
        let error = await #expect(throws: RoleMapStoreError.self) { try await store.load() }
        #expect("\(String(describing: error))".contains("AWS_USE_FIPS_ENDPOINT"))
        #expect(await http.requests.isEmpty)
    }

    @Test("What it takes is named where access is denied, as it is for an object that is not there")
    func denied() async throws {
        let time = FakeTime()
        let store = try store(ScriptedHTTP([.body("<Error><Code>AccessDenied</Code></Error>", 403)], time), time)
        let error = await #expect(throws: RoleMapStoreError.self) { try await store.load() }
        for name in ["s3:GetObject", "s3:PutObject", "s3:ListBucket"] {
            #expect("\(String(describing: error))".contains(name))
        }
    }

    @Test("A write whose answer was lost and that is refused when it is sent again was ours after all")
    func lostAnswer() async throws {
        let time = FakeTime()
        let one = try map("one")
        let http = ScriptedHTTP(
            [
                .body("", 404), .failure(.timedOut(host: "h", seconds: 20, requestMayHaveArrived: true)),
                .body("<Error><Code>PreconditionFailed</Code></Error>", 412),
                Self.object(RoleMapDocument.text(one), tag: "\"1\""),
            ], time)
        let store = try store(http, time, retries: 1)
        #expect(try await store.load() == nil)
        await #expect(throws: RoleMapStoreError.changed(place: "s3://maps/a b/map.yaml")) { try await store.save(one) }
        #expect(try await store.load() == one)
        try await store.save(one)
        #expect(await http.left == 0)
    }

    @Test("Followed, an object is told when it is another one; a broken one once; and what is there after an outage")
    func following() async throws {
        let time = FakeTime()
        let (one, two) = (try map("one"), try map("two"))
        let http = ScriptedHTTP(
            [
                Self.object(RoleMapDocument.text(one), tag: "\"1\""), .body("", 304),
                Self.object("{ no list", tag: "\"2\""), .body("", 304),
                .body("<Error><Code>AccessDenied</Code></Error>", 403),
                Self.object(RoleMapDocument.text(two), tag: "\"3\""), .body("", 404),
            ], time)
        let store = try store(http, time)
        let (news, source) = AsyncStream.makeStream(of: Result<RoleMap?, RoleMapStoreError>.self)
        let following = Task { await store.follow { source.yield($0) } }
        var told: [Result<RoleMap?, RoleMapStoreError>] = []
        for await one in news {
            told.append(one)
            if told.count == 5 { break }
        }
        following.cancel()
        await following.value
        #expect(try told[0].get() == one && told[3].get() == two && told[4].get() == nil)
        guard case .failure(.unreadable) = told[1], case .failure(.unreachable) = told[2] else {
            Issue.record("\(told)")
            return
        }
        let tags = await http.requests.prefix(7).map { request in
            request.headers.first { $0.name == "If-None-Match" }?.value
        }
        #expect(tags == [nil, "\"1\"", "\"1\"", "\"2\"", "\"2\"", nil, "\"3\""])
        #expect(time.sleeps.allSatisfy { $0 == 30 })
    }
}
