import Testing

@testable import Files

@Suite("Gzip")
struct GzipTests {
    @Test("what was compressed comes back", arguments: [0, 1, 2, 100, 16_383, 16_384, 16_385, 300_000])
    func roundTrip(_ count: Int) throws {
        var random = SteadyRandom(state: UInt64(count))
        let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        for bytes in [noise, [UInt8](repeating: 65, count: count)] {
            let compressed = try #require(Gzip.compress(bytes))
            #expect(Gzip.decompress(compressed, limit: count) == bytes)
            if count > 0 { #expect(Gzip.decompress(compressed, limit: count - 1) == nil) }
        }
    }

    @Test("the gzip program reads what ours wrote, and ours what it wrote")
    func program() throws {
        let folder = FilesFolder()
        let text = Array("some text, some text\n".utf8)
        let path = try folder.write("ours.gz", #require(Gzip.compress(text)))
        #expect(runProgram(["gzip", "-d", path]) == 0)
        #expect(folder.bytes("ours") == text)
        #expect(runProgram(["gzip", folder.path("ours")]) == 0)
        #expect(Gzip.decompress(try #require(folder.bytes("ours.gz")), limit: 100) == text)
    }

    @Test("a file that was cut off anywhere is none")
    func truncated() throws {
        let compressed = try #require(Gzip.compress(Array(repeating: 65, count: 1000) + Array(0...255)))
        for count in compressed.indices {
            #expect(Gzip.decompress(Array(compressed.prefix(count)), limit: 4096) == nil)
        }
    }

    @Test("random bytes are none")
    func noise() {
        var random = SteadyRandom(state: 3)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...64, using: &random)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Gzip.decompress(noise, limit: 4096) == nil)
            #expect(Gzip.decompress([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff] + noise, limit: 4096) == nil)
        }
    }
}

@Suite("State beside a token record")
struct TokenFileStateTests {
    private var full: TokenFileState {
        var state = TokenFileState()
        state.generation = 41
        state.recordHash = "abc"
        state.isRemoved = true
        state.isCheckpoint = true
        state.refusedRefreshToken = "def"
        return state
    }

    @Test("it comes back as it was")
    func roundTrip() {
        #expect(TokenFileState(full.bytes) == full)
        #expect(TokenFileState(TokenFileState().bytes) == TokenFileState())
    }

    @Test(
        "what can't be read counts as not there",
        arguments: [
            "", "\n\n", "generation", "generation=", "generation=-1", "generation=x", "=", "removed=true",
            "generation=18446744073709551615", "generation=18446744073709551616", "\u{0}",
        ])
    func damaged(_ text: String) {
        #expect(TokenFileState(Array(text.utf8)) == TokenFileState())
    }

    @Test("cuts and flipped bits are read without harm")
    func mutations() {
        let bytes = full.bytes
        for count in bytes.indices { #expect(TokenFileState(Array(bytes.prefix(count))).generation <= 41) }
        for place in bytes.indices {
            for bit in 0..<8 {
                var mutated = bytes
                mutated[place] ^= 1 << UInt8(bit)
                #expect(TokenFileState(mutated).generation < 1 << 62)
            }
        }
    }
}
