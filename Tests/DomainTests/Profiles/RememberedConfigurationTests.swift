import Domain
import Testing

@Suite("What configure remembers")
struct RememberedConfigurationTests {
    private func memory() -> RememberedConfiguration {
        var memory = RememberedConfiguration()
        (memory.issuerURL, memory.clientID, memory.configURL) = ("https://i", "c", "https://s")
        (memory.region, memory.defaultRole, memory.template) = ("us-west-2", "reader", "{role}")
        (memory.isAutomatic, memory.accounts, memory.roles) = (true, ["a", "b c"], ["r"])
        memory.knownAccounts = ["222222222222", "111111111111"]
        return memory
    }

    @Test("It is read as it was written, and other sections of that file stay")
    func roundTrip() {
        let memory = memory()
        let old = Array("[other]\nx = 1\n[configure]\nregion = x\n[more]\ny = 2".utf8)
        let new = memory.written(into: old)
        #expect(RememberedConfiguration(new) == memory)
        #expect(
            String(decoding: new, as: UTF8.self).hasPrefix(
                "[other]\nx = 1\n[more]\ny = 2\n[configure]\nissuer_url = https://i\n"))
        #expect(memory.written(into: new) == new)
        #expect(RememberedConfiguration(Array("nonsense\n[".utf8)) == RememberedConfiguration())
    }

    @Test("Names with commas and the like are what they were", arguments: ["Foo, Inc", "a=b", "[x]", "Team#1", ", "])
    func oddNames(name: String) {
        var memory = memory()
        (memory.accounts, memory.roles) = ([name.isEmpty ? "x" : name + "x", "y"], [name + "z"])
        #expect(memory.unwritable.isEmpty)
        #expect(RememberedConfiguration(memory.written(into: [])) == memory)
    }

    @Test(
        "Where a name can't be written, none of the choices is: the rest would mean more accounts than were chosen",
        arguments: ["Team #1", "", " x", "a\nb", "a\u{85}"])
    func unwritable(name: String) {
        var memory = memory()
        memory.accounts = ["a", name]
        #expect(memory.unwritable == ["--account"])
        let read = RememberedConfiguration(memory.written(into: []))
        #expect(!read.isAutomatic)
        #expect(read.accounts.isEmpty && read.roles.isEmpty && read.defaultRole == nil && read.template == nil)
        #expect(read.region == "us-west-2")
        memory.roles = [name]
        #expect(memory.unwritable == ["--account", "--role"])
    }
}
