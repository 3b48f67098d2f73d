import Domain
import RoleMapYAML
import Testing

@Suite("Clients by groups")
struct GroupsDocumentTests {
    @Test("A group has a client or a list of them, in YAML or JSON")
    func parsed() throws {
        let (a, b) = (try ClientID("a"), try ClientID("b"))
        #expect(try GroupsDocument.parse("dev: [a, b]\nops: a\nnone: []\n") == ["dev": [a, b], "ops": [a]])
        #expect(try GroupsDocument.parse("{\"dev\": [\"a\"]}") == ["dev": [a]])
    }

    @Test(
        "What would leave nobody any client is no such document, nor is what is none",
        arguments: ["", "{}", "{}\n# later\n", "dev: []\n", "[a]", "dev: {a: b}", "dev: [\"a b\"]"])
    func refused(text: String) {
        #expect(throws: InvalidGroupsDocument.self) { try GroupsDocument.parse(text) }
    }
}
