import Domain
import Testing

@Suite("A program that starts itself")
struct RecursionTests {
    @Test("The same command line among those that started us is one when it is there again and again")
    func ancestors() throws {
        let shell = Array("/bin/sh\0/usr/bin/wrapper\0--secret=hush\0".utf8)
        let others = (0..<30).map { Array("bash\0-c\0\($0)\0".utf8) }
        #expect(Recursion(ancestors: others + Array(repeating: shell, count: 7)) == nil)
        #expect(Recursion(ancestors: Array(repeating: [], count: 20)) == nil)
        let found = try #require(Recursion(ancestors: others + Array(repeating: shell, count: 8)))
        #expect("\(found)".contains("\"/bin/sh /usr/bin/wrapper\" runs within itself"))
        #expect(!"\(found)".contains("hush"))
    }
}
