import Domain
import Testing

@Suite("A cached record") struct CredentialsRecordTests {
    private static let header = CredentialsHeader(
        renewAfter: Timestamp(seconds: 1_700_002_700), expiry: Timestamp(seconds: 1_700_003_600),
        key: CredentialsKey(
            issuer: "https://a.example", clientID: "abc", roleARN: "arn:aws:iam::123456789012:role/R", duration: 3600,
            endpoints: EndpointVariables { _ in nil }),
        subject: "a person, é")
    private static let output = CredentialProcessOutput(
        AWSCredentials(
            accessKeyID: "ASIA{}", secretAccessKey: Secret("a}\nb/+="), sessionToken: Secret("token}"),
            expiry: header.expiry))
    private static let bytes = CredentialsRecord.bytes(header, output)

    /// Whether these bytes are refused, or are a record that says just what they say.
    private func isExact(_ bytes: [UInt8]) -> Bool {
        guard let record = CredentialsRecord(bytes) else { return true }
        return Array(record.header.line.utf8) + [UInt8(ascii: "\n")] + record.output == bytes
    }

    @Test("A record is its header's line and below it what is printed, and comes back")
    func roundTrip() throws {
        #expect(String(decoding: Self.bytes, as: UTF8.self) == Self.header.line + "\n" + Self.output.text.revealed)
        let record = try #require(CredentialsRecord(Self.bytes))
        #expect(record.header == Self.header)
        #expect(String(decoding: record.output, as: UTF8.self) == Self.output.text.revealed)
    }

    @Test("A record that is cut anywhere is refused: nobody is given half a document")
    func prefixes() {
        for count in 0..<Self.bytes.count {
            #expect(CredentialsRecord(Array(Self.bytes.prefix(count))) == nil, "\(count) bytes")
        }
    }

    @Test("A record with one byte changed, lost or added is refused, or says what its bytes say")
    func mutations() {
        var generator = SeededGenerator(seed: 15)
        let special = Array(" \n\r|%+-0\"}\0\u{7F}".utf8) + [0x80, 0xC3, 0xFF]
        var refused = 0
        for place in Self.bytes.indices {
            for byte in special + generator.bytes(upTo: 4) {
                var changed = Self.bytes
                changed[place] = byte
                var added = Self.bytes
                added.insert(byte, at: place)
                for mutation in [changed, added] {
                    #expect(isExact(mutation), "byte \(byte) at \(place)")
                    if CredentialsRecord(mutation) == nil { refused += 1 }
                }
            }
            var lost = Self.bytes
            lost.remove(at: place)
            #expect(isExact(lost), "without \(place)")
        }
        #expect(refused > 500)
    }

    @Test("Bytes of all kinds, and any text below a good header, don't end the program")
    func garbage() {
        var generator = SeededGenerator(seed: 16)
        let start = Array((Self.header.line + "\n").utf8)
        for _ in 0..<2000 {
            let bytes = generator.bytes(upTo: 200)
            #expect(isExact(bytes))
            #expect(isExact(start + bytes))
            #expect(isExact(Array((generator.text() + "\n" + generator.text() + "}\n").utf8)))
        }
    }

    @Test("A file with one line end too few or something behind its end is refused")
    func ends() {
        #expect(CredentialsRecord(Array(Self.bytes.dropLast())) == nil)
        #expect(CredentialsRecord(Self.bytes + Array("\n".utf8)) == nil)
        #expect(CredentialsRecord(Self.bytes + Array("more\n".utf8)) == nil)
        #expect(CredentialsRecord(Self.bytes + [0]) == nil)
    }

    @Test("A file over the limit is refused", arguments: [(0, true), (1, false)])
    func size(over: Int, isRecord: Bool) {
        let start = Array((Self.header.line + "\n").utf8)
        let end = Array("}\n".utf8)
        let filling = CredentialsRecord.sizeLimit + over - start.count - end.count
        let bytes = start + Array(repeating: UInt8(ascii: "x"), count: filling) + end
        #expect((CredentialsRecord(bytes) != nil) == isRecord)
    }
}
