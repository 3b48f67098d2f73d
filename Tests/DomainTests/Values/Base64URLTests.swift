import Domain
import Foundation
import Testing

@Suite("Base64url") struct Base64URLTests {
    @Test(
        "The vectors of RFC 4648 section 10, and the two letters that differ from base64",
        arguments: [
            ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"), (Array("foo".utf8), "Zm9v"),
            (Array("foob".utf8), "Zm9vYg"), (Array("fooba".utf8), "Zm9vYmE"), (Array("foobar".utf8), "Zm9vYmFy"),
            ([0xFB], "-w"), ([0xFF], "_w"), ([0xFB, 0xEF, 0xFF], "--__"), ([0], "AA"), ([0, 0, 0], "AAAA"),
        ] as [([UInt8], String)])
    func vectors(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test("Any bytes come back, and are written as Foundation's base64 has them")
    func againstFoundation() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let bytes = generator.bytes(upTo: 70)
            let text = Base64URL.encode(bytes)
            let foundation = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
            #expect(text == foundation)
            #expect(Base64URL.decode(text) == bytes)
            #expect(Base64URL.decode(text.dropFirst(0)) == bytes)
        }
    }

    @Test(
        "Another character, padding, or a length that no bytes have is refused",
        arguments: [
            "A", "AAAAA", "Zg==", "Zg=", "=", "Zm 9", "Zm9v\n", "+w", "/w", "Zm9v.", "Zm\u{0}v", "Zgé", "Z\u{301}g",
            "ＺｇＡＡ", "\u{212A}g",
        ])
    func refused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("Exactly the 64 letters of the alphabet are taken")
    func alphabet() {
        let taken = (0...0x7F as ClosedRange<UInt8>).filter {
            Base64URL.decode("A" + String(Unicode.Scalar($0))) != nil
        }
        let alphabet = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
        #expect(String(decoding: taken, as: UTF8.self) == alphabet)
    }
}
