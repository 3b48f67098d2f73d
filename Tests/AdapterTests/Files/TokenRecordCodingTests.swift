import Domain
import Ports
import Testing

@testable import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Token records")
struct TokenRecordCodingTests {
    /// What the Go tool wrote: file, access token, issuer, second of the expiry, refresh token's end, email.
    static let samples:
        [(file: String, number: String, issuer: String, expiry: String, refreshEnd: String?, email: String?)] = [
            (
                "2babed741ce336415b6659c02d3606bf9b79d73bc306f57e0080f9e8ed0eec6e", "000001", "http://127.0.0.1:5556",
                "2026-11-23T01:21:22Z", "2027-02-21T00:21:22Z", "test.user@example.com"
            ),
            (
                "d5a56c75cbd9d609efdc0191ef18e359c5d27d5c917760eab1de78ec839d2a5a", "000006",
                "http://127.0.0.1:5556/m/introerr", "2026-11-23T01:23:00Z", nil, "test.user@example.com"
            ),
            (
                "b7fd9b9574a4b26fdb9e5ce76a41378333951658f65613f2f33c4977a70fd71c", "000012",
                "http://127.0.0.1:5556/m/noemail", "2026-11-23T01:24:39Z", "2027-02-21T00:24:39Z", nil
            ),
        ]

    private static func bytes(of sample: String) throws -> [UInt8] {
        let folder = #filePath.dropLast("TokenRecordCodingTests.swift".count)
        return try Array(Data(contentsOf: URL(filePath: folder + "GoSamples/" + sample)))
    }

    @Test(
        "a claim of an unexpected kind does not cost the record that it stands in",
        arguments: [
            #""amr":"pwd""#, #""amr":7"#, #""amr":[1]"#, #""email":{}"#, #""name":[]"#, #""azp":false"#, #""iat":"x""#,
        ])
    func oddClaims(_ claim: String) throws {
        let payload = #"{"iss":"https://id.example.com","sub":"s","aud":"c","exp":2000000000,"# + claim + "}"
        let idToken = "e30." + Base64URL.encode(Array(payload.utf8)) + ".c2ln"
        var claims = IDTokenClaims()
        claims.subject = "s"
        let tokens = TokenSet(
            accessToken: Secret("a"), tokenType: "Bearer", accessTokenExpiry: Timestamp(seconds: 2_000_000_000),
            expiresIn: nil, idToken: Secret(idToken), claims: claims, refreshToken: Secret("r"), refreshTokenExpiry: nil
        )
        let bytes = try #require(TokenRecordCoding.encode(tokens))
        let read = try #require(TokenRecordCoding.decode(bytes))
        #expect(read.claims.subject == "s")
        #expect(read.claims.expiry == Timestamp(seconds: 2_000_000_000))
        #expect(read.refreshToken == Secret("r"))
        #expect(read.claims.authenticationMethods == (claim == #""amr":"pwd""# ? ["pwd"] : []))
    }

    @Test("what the Go tool wrote is read", arguments: samples.indices)
    func goSamples(_ index: Int) throws {
        let sample = Self.samples[index]
        let tokens = try #require(TokenRecordCoding.decode(try Self.bytes(of: sample.file)))
        #expect(tokens.accessToken.revealed == "access-" + sample.number)
        #expect(tokens.refreshToken?.revealed == "refresh-" + sample.number)
        #expect(tokens.tokenType == "Bearer")
        #expect(tokens.expiresIn == 3600)
        #expect(tokens.accessTokenExpiry.rfc3339 == sample.expiry)
        #expect(tokens.refreshTokenExpiry?.rfc3339 == sample.refreshEnd)
        #expect(tokens.refreshGivesIDToken)
        #expect(tokens.claims.issuer == sample.issuer)
        #expect(tokens.claims.audience == ["0oaclient1"])
        #expect(tokens.claims.subject == "00u1fakeuser")
        #expect(tokens.claims.email == sample.email)
        #expect(tokens.claims.preferredUsername == "test.user@example.com")
        #expect(tokens.claims.authenticationMethods == ["pwd", "mfa"])
        #expect(tokens.claims.expiry != nil)
        #expect(tokens.idToken.revealed.hasPrefix("eyJhbGciOiJSUzI1NiIsImtpZCI6ImZha2Uta2lkLTEifQ."))
    }

    @Test("the files lie where the key says", arguments: samples.indices)
    func names(_ index: Int) throws {
        let sample = Self.samples[index]
        let key = TokenKey(issuer: try Issuer(sample.issuer), clientID: try ClientID("0oaclient1"))
        #expect(key.text == "v0 0oaclient1 \(sample.issuer)")
    }

    @Test("what ours writes reads as the Go tool would", arguments: samples.indices)
    func likeGo(_ index: Int) throws {
        let sample = Self.samples[index]
        let tokens = try #require(TokenRecordCoding.decode(try Self.bytes(of: sample.file)))
        let (ours, theirs) = (
            try goMembers(try #require(TokenRecordCoding.encode(tokens))),
            try goMembers(try Self.bytes(of: sample.file))
        )
        #expect(ours == theirs.withWholeSeconds)
    }

    @Test("what ours writes is read back whole", arguments: [true, false])
    func roundTrip(_ isFull: Bool) throws {
        var tokens = try #require(TokenRecordCoding.decode(try Self.bytes(of: Self.samples[0].file)))
        tokens.refreshGivesIDToken = isFull
        tokens.signIn = isFull ? "mark" : nil
        if !isFull {
            tokens.refreshToken = nil
            tokens.refreshTokenExpiry = nil
            tokens.expiresIn = nil
        }
        #expect(TokenRecordCoding.decode(try #require(TokenRecordCoding.encode(tokens))) == tokens)
    }

    @Test(
        "a record without what every record has, or of another version, is none",
        arguments: [
            (#""Version":0"#, #""Version":1"#), (#""token":""#, #""token":"x."#), (#""expiry":"2"#, #""expiry":"X2"#),
            (#""access_token":"#, #""access":"#), (#""claims":{"#, #""claims":[{"#), ("{", ""),
        ])
    func notOurs(_ change: (from: String, to: String)) throws {
        let json = try goJSON(try Self.bytes(of: Self.samples[0].file))
        let changed = json.split(separator: change.from, maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: change.to)
        try #require(changed != json)
        let bytes = try #require(Gzip.compress(Array(Data(changed.utf8).base64EncodedString().utf8)))
        #expect(TokenRecordCoding.decode(bytes) == nil)
    }

    @Test(
        "a newer version's record is told from a damaged one, whatever else it holds",
        arguments: [
            (#""Version":0"#, #""Version":1"#, 1), (#""Version":0,"access_token":"#, #""Version":7,"access":"#, 7),
        ])
    func newer(_ change: (from: String, to: String, version: Int)) throws {
        let json = try goJSON(try Self.bytes(of: Self.samples[0].file))
        let changed = json.split(separator: change.from, maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: change.to)
        try #require(changed != json)
        let bytes = try #require(Gzip.compress(Array(Data(changed.utf8).base64EncodedString().utf8)))
        #expect(throws: NewerTokenFormat(change.version)) { try TokenRecordCoding.read(bytes) }
    }

    @Test("members that are not known are passed over")
    func unknown() throws {
        let json = try goJSON(try Self.bytes(of: Self.samples[0].file))
        let changed = #"{"what":[1,{"is":null}],"# + json.dropFirst()
        let bytes = try #require(Gzip.compress(Array(Data(changed.utf8).base64EncodedString().utf8)))
        #expect(TokenRecordCoding.decode(bytes)?.accessToken.revealed == "access-000001")
    }

    @Test("every cut and every flipped byte of a file is tokens or nothing, never a crash")
    func mutations() throws {
        let bytes = try Self.bytes(of: Self.samples[0].file)
        for count in bytes.indices { #expect(TokenRecordCoding.decode(Array(bytes.prefix(count))) == nil) }
        var whole = 0
        for place in bytes.indices {
            for bit in [0, 3, 7] {
                var mutated = bytes
                mutated[place] ^= 1 << UInt8(bit)
                if TokenRecordCoding.decode(mutated) != nil { whole += 1 }
            }
        }
        // Only in the header are there bytes that mean nothing: the checksum covers all else.
        #expect(whole < 10 * 3)
    }

    @Test("every mutation of the JSON is tokens or nothing, never a crash")
    func mutatedJSON() throws {
        let json = Array(try goJSON(try Self.bytes(of: Self.samples[0].file)).utf8)
        var random = SteadyRandom(state: 7)
        for _ in 0..<3000 {
            var mutated = json
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: mutated.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: mutated[place] = UInt8.random(in: 0...255, using: &random)
                case 1: mutated.remove(at: place)
                case 2: mutated.insert(contentsOf: Array("9999999999999999999e99".utf8), at: place)
                default: mutated.swapAt(place, Int.random(in: mutated.indices, using: &random))
                }
            }
            let bytes = try #require(Gzip.compress(Array(Data(mutated).base64EncodedString().utf8)))
            if let tokens = TokenRecordCoding.decode(bytes) { #expect(!tokens.idToken.revealed.isEmpty) }
        }
    }

    /// The JSON of a record, taken apart by the `gzip` program.
    private func goJSON(_ bytes: [UInt8]) throws -> String {
        let folder = FilesFolder()
        let path = try folder.write("record.gz", bytes)
        try #require(runProgram(["gzip", "-d", path]) == 0)
        let text = try #require(folder.bytes("record"))
        try #require(text.count % 4 == 0, "padded base64")
        return String(decoding: try #require(Data(base64Encoded: Data(text))), as: UTF8.self)
    }

    private func goMembers(_ bytes: [UInt8]) throws -> GoMembers {
        try JSONDecoder().decode(GoMembers.self, from: Data(try goJSON(bytes).utf8))
    }
}

/// The members as the Go tool declares them: those with `!` are always there.
private struct GoMembers: Decodable, Equatable {
    struct Claims: Decodable, Equatable {
        var iss: String
        var aud: String
        var sub: String
        var name: String
        var amr: [String]
        var email: String
        var preferred_username: String
    }

    var Version: Int
    var access_token: String
    var token_type: String
    var refresh_token: String
    var expiry: String
    var expires_in: Int?
    var token: String
    var claims: Claims
    var refresh_token_expiry: String?

    /// Fractions of seconds dropped, as ours does.
    var withWholeSeconds: GoMembers {
        var members = self
        members.expiry = expiry.prefix { $0 != "." } + "Z"
        return members
    }
}
