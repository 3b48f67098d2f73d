import Domain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A record as the tool that this one replaces writes it: gzip of base64 of JSON; made without any code of ours.
enum GoRecord {
    static func bytes(access: String, refresh: String, idToken: String, expiry: Timestamp, version: Int = 0)
        -> [UInt8]
    {
        let json = """
            {"Version":\(version),"access_token":"\(access)","token_type":"Bearer","refresh_token":"\(refresh)",\
            "expiry":"\(expiry.rfc3339)","expires_in":3600,"token":"\(idToken)",\
            "claims":{"iss":"https://login.example.com","aud":"made-up-client","sub":"person","name":"A Person",\
            "amr":["pwd"],"email":"person@example.com","preferred_username":"person"}}
            """
        return gzip(Array(Data(json.utf8).base64EncodedString().utf8))
    }

    /// The bytes as one stored block (RFC 1951 section 3.2.4) in a gzip file (RFC 1952).
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count < 65_536)
        let count = UInt16(bytes.count)
        var file: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1]
        file += little(UInt32(count), 2) + little(UInt32(~count), 2) + bytes
        return file + little(checksum(bytes), 4) + little(UInt32(bytes.count), 4)
    }

    private static func little(_ number: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }

    /// CRC-32 as gzip has it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xffff_ffff
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xedb8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
