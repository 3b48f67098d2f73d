import Testing

@testable import Terminal

@Suite("Questions with options")
struct SelectionListTests {
    private let colours = ["Red", "dark green", "green", "blue"]

    @Test("Typing leaves the options that have every word, and the chosen one stays chosen while it fits")
    func filter() {
        var list = SelectionList(colours, initially: 2)
        #expect(list.choice == 2)
        list.type("GRE")
        #expect(list.window(10).options == ["dark green", "green"])
        #expect(list.choice == 2)
        list.type(" d")
        #expect(list.window(10).options == ["dark green"])
        #expect(list.choice == 1)
        list.type("z")
        #expect(list.choice == nil)
        list.move(by: 1)
        list.eraseLast()
        #expect(list.choice == 1)
        list.eraseAll()
        #expect(list.window(10).options == colours)
    }

    @Test("A step past an end goes round, a page stops there")
    func movement() {
        var list = SelectionList(colours, initially: 0)
        list.move(by: -1)
        #expect(list.choice == 3)
        list.move(by: 1)
        #expect(list.choice == 0)
        list.move(by: 10)
        #expect(list.choice == 3)
        list.move(by: -10)
        #expect(list.choice == 0)
    }

    @Test("What is shown moves along with the chosen one")
    func window() {
        var list = SelectionList((0..<5000).map { "option \($0)" }, initially: 4998)
        #expect(list.window(10).options.last == "option 4999")
        #expect(list.window(10).cursor == 8)
        list.type("77")
        #expect(list.window(3).options == ["option 77", "option 177", "option 277"])
        #expect(list.matches.count == 95)
    }

    @Test("No option at all is no trouble")
    func empty() {
        var list = SelectionList([], initially: 0)
        list.move(by: 1)
        list.type("a")
        #expect(list.choice == nil)
        #expect(list.window(5).options.isEmpty)
    }

    @Test("Keys are read as terminals send them, also in pieces")
    func keys() {
        func keys(_ text: String) -> [Key] {
            var bytes = Array(text.utf8)[...]
            var keys: [Key] = []
            while let key = Key.take(&bytes, isAll: true) { keys.append(key) }
            return keys
        }
        #expect(keys("aé🙂\r\u{7F}\u{15}") == [.text("a"), .text("é"), .text("🙂"), .enter, .erase, .eraseAll])
        #expect(
            keys("\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[6~\u{1B}[H\u{1B}[4~\u{1B}[1;5C")
                == [.up, .down, .pageUp, .pageDown, .home, .end, .other])
        #expect(keys("\u{3}\u{4}\u{1}") == [.interrupt, .endOfInput, .other])
        var part = [0x1B, UInt8(ascii: "[")][...]
        #expect(Key.take(&part, isAll: false) == nil)
        part += [UInt8(ascii: "B")]
        #expect(Key.take(&part, isAll: false) == .down)
    }
}
