import Domain
import Testing

@Suite("A program that starts itself")
struct RecursionTests {
    @Test(
        "Some levels of exec are fine, and what is no number counts for none",
        arguments: [nil, "", "0", "7", "-9", "x", "99999999999999999999"])
    func fine(depth: String?) {
        #expect(Recursion(depth: depth) == nil)
    }

    @Test("Many are a recursion, and each level counts one", arguments: ["8", "9", "1000000"])
    func tooDeep(depth: String) {
        #expect(Recursion(depth: depth) != nil)
        #expect(Recursion.next(nil) == "1" && Recursion.next("7") == "8" && Recursion.next("x") == "1")
    }

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
