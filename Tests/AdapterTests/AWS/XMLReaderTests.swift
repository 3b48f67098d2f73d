import Testing

@testable import AWS

@Suite("XML") struct XMLReaderTests {
    @Test("Names lose their prefix, children keep their order, text is put together")
    func tree() throws {
        let root = try XMLReader.read(
            Array(
                """
                \u{FEFF}<?xml version="1.0" encoding="utf-8" standalone='yes'?><!-- a - comment -->
                <s:Root xmlns:s="urn:x" a='1' b = "&lt;>">one<A>1</A>two<!--x--><s:B/><A x="y" >2</A ><![CDATA[<&]]]]></s:Root>
                <!-- the end -->

                """.utf8))
        #expect(root.name == "Root")
        #expect(root.text == "onetwo<&]]")
        #expect(root.children.map(\.name) == ["A", "B", "A"])
        #expect(root.children.map(\.text) == ["1", "", "2"])
        #expect(root.text(of: "A") == "1")
        #expect(root.text(of: "B") == "")
        #expect(root.text(of: "C") == nil)
        #expect(root.child("B")?.children == [])
    }

    @Test(
        "References stand for their characters",
        arguments: [
            ("&amp;&lt;&gt;&quot;&apos;", "&<>\"'"), ("&amp;lt;", "&lt;"), ("&#65;&#x41;&#x1F600;", "AA😀"),
            ("&#9;&#10;&#13;", "\t\n\r"), ("&#00000065;", "A"), ("e&#x301;", "e\u{301}"), ("é😀]]", "é😀]]"),
            ("&#x10FFFF;", "\u{10FFFF}"),
        ])
    func references(text: String, meaning: String) throws {
        #expect(try XMLReader.read(Array("<a>\(text)</a>".utf8)).text == meaning)
    }

    @Test(
        "What is not plain, well-formed XML is refused",
        arguments: [
            "", " ", "x", "<", "<a", "<a>", "<a></a", "<a></b>", "<a></ab>", "<ab></a>", "<a/><b/>", "<a/>x", "x<a/>",
            "<a b/>",
            "<a b=c/>", "<a b='c/>", "<a b='c\"/>", "<a b='<'/>", "<a b='1' b='2'/>", "<a b='1'c='2'/>", "<a b='&x;'/>",
            "<1/>", "<-a/>",
            "<a:/>", "<:a/>", "<a:b:c/>", "<a:1/>", "< a/>", "<a / >", "</a>", "<a>&nbsp;</a>", "<a>&amp</a>",
            "<a>&</a>",
            "<a>&#;</a>", "<a>&#x;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#xFFFE;</a>", "<a>&#x110000;</a>",
            "<a>&#99999999999999999999;</a>", "<a>&#65</a>", "<a>&#X41;</a>", "<a>&#6A;</a>", "<a>]]></a>",
            "<a>\u{1}</a>",
            "<a>\u{FFFF}</a>", "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a><!DOCTYPE b></a>",
            "<?php x?><a/>", "<a><?pi x?></a>", "<a/><?pi?>", "<!-- a -- b --><a/>", "<!-- <a/>", "<a><![CDATA[x</a>",
            "<a><![CDATA[x]]></a><![CDATA[y]]>", " <?xml version='1.0'?><a/>", "<?xml?><a/>",
            "<?xml encoding='utf-8'?><a/>",
            "<?xml version='2.0'?><a/>", "<?xml version='1.0' encoding='utf-16'?><a/>",
            "<?xml version='1.0' x='y'?><a/>",
            "<?xml version='1.0' version='1.0'?><a/>", "<?xml version='1.0'encoding='utf-8'?><a/>",
            "<?xml version='1.0'><a/>",
            "<?xmlx version='1.0'?><a/>", "<html><br></html>", "{\"a\":1}",
        ])
    func refused(text: String) {
        #expect(throws: XMLProblem.self) { try XMLReader.read(Array(text.utf8)) }
    }

    @Test(
        "Bytes that are no UTF-8 are refused",
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: XMLProblem(reason: "it is not UTF-8", offset: 0)) {
            try XMLReader.read(Array("<a>".utf8) + bytes + Array("</a>".utf8))
        }
    }

    @Test("Elements nest to the limit and no deeper")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
        }
        var element = try XMLReader.read(nested(XMLReader.depthLimit))
        var depth = 1
        while let child = element.child("a") {
            element = child
            depth += 1
        }
        #expect(depth == XMLReader.depthLimit)
        let tooDeep = #expect(throws: XMLProblem.self) { try XMLReader.read(nested(XMLReader.depthLimit + 1)) }
        #expect(tooDeep?.reason == "its elements nest too deep")
        #expect(throws: XMLProblem.self) { try XMLReader.read(nested(30000)) }
    }

    @Test("A document may be as large as the limit and no larger")
    func size() throws {
        func document(_ size: Int) -> [UInt8] {
            Array("<a>".utf8) + Array(repeating: 0x78, count: size - 7) + Array("</a>".utf8)
        }
        #expect(try XMLReader.read(document(XMLReader.sizeLimit)).text.utf8.count == XMLReader.sizeLimit - 7)
        #expect(throws: XMLProblem.self) { try XMLReader.read(document(XMLReader.sizeLimit + 1)) }
    }

    @Test("Each beginning of a document is refused, and the whole is read")
    func truncated() throws {
        let whole = Array(ScriptedHTTP.Step.credentialsXML.utf8)
        for count in whole.indices {
            #expect(throws: XMLProblem.self) { try XMLReader.read(Array(whole[..<count])) }
        }
        #expect(try XMLReader.read(whole).name == "AssumeRoleWithWebIdentityResponse")
    }

    @Test("Whatever the bytes are, reading ends with an element or a problem", arguments: 0..<8 as Range<UInt64>)
    func mutations(seed: UInt64) {
        var generator = Seeded(state: seed)
        let pieces = [
            "<", ">", "</", "/>", "&", ";", "&#x", "<!--", "-->", "<![CDATA[", "]]>", "<?xml ", "?>", "'", "\"", ":",
            "=", "é",
        ]
        var read = 0
        var refused = 0
        for _ in 0..<1500 {
            var bytes = Array(ScriptedHTTP.Step.credentialsXML.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, place + Int.random(in: 0...20, using: &generator))
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1 where end - place < bytes.count: bytes.removeSubrange(place..<end)
                case 2:
                    bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0..<bytes.count, using: &generator))
                case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                default:
                    bytes.insert(contentsOf: Array((pieces.randomElement(using: &generator) ?? "").utf8), at: place)
                }
            }
            do {
                let element = try XMLReader.read(bytes)
                #expect(!element.name.isEmpty)
                read += 1
            } catch {
                #expect((0...bytes.count).contains(error.offset))
                refused += 1
            }
        }
        #expect(read > 100)
        #expect(refused > 100)
    }
}

/// A generator whose numbers are the same in each run (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
