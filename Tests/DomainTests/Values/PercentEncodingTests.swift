import Domain
import Testing

@Suite("Percent-encoding") struct PercentEncodingTests {
    @Test(
        "Every byte but the unreserved ones is encoded",
        arguments: [
            ("", ""), ("AZaz09-._~", "AZaz09-._~"), ("a b", "a%20b"),
            ("+/:?#[]@!$&'()*,;=%", "%2B%2F%3A%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2C%3B%3D%25"),
            ("é", "%C3%A9"), ("😀", "%F0%9F%98%80"), ("\u{0}\n\u{7F}", "%00%0A%7F"),
            ("\"<>\\^`{|}", "%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ])
    func encoded(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
    }

    @Test("A form has its pairs in order, with + for a blank")
    func form() {
        let pairs = [
            PercentEncoding.Pair("a", "x y"), PercentEncoding.Pair("b c", "1+1=2&d"), PercentEncoding.Pair("a", ""),
        ]
        #expect(PercentEncoding.form(pairs) == "a=x+y&b+c=1%2B1%3D2%26d&a=")
        #expect(PercentEncoding.form([]) == "")
        #expect(PercentEncoding.pairs(ofQuery: PercentEncoding.form(pairs)) == pairs)
    }

    @Test(
        "A query is taken apart",
        arguments: [
            ("", []), ("a=b", [.init("a", "b")]), ("a=b&a=c", [.init("a", "b"), .init("a", "c")]),
            ("a", [.init("a", "")]), ("a=", [.init("a", "")]), ("=b", [.init("", "b")]),
            ("a=b=c", [.init("a", "b=c")]), ("&&a=b&", [.init("a", "b")]),
            ("a%20b=c+d%2B", [.init("a b", "c d+")]), ("a=%c3%A9", [.init("a", "é")]),
            ("a=%26%3D", [.init("a", "&=")]), ("é=ü", [.init("é", "ü")]),
        ] as [(String, [PercentEncoding.Pair])])
    func decoded(query: String, pairs: [PercentEncoding.Pair]) {
        #expect(PercentEncoding.pairs(ofQuery: query) == pairs)
    }

    @Test(
        "A query that is not well formed is refused whole",
        arguments: ["a=%", "a=%2", "a=%2&b=1", "a=%G0", "a=%0G", "%=b", "a=b&c=%+1", "a=%FF", "a=%C3", "a=%ED%A0%80"])
    func malformed(query: String) {
        #expect(PercentEncoding.pairs(ofQuery: query) == nil)
    }

    @Test("Any text comes back from a form")
    func roundTrip() {
        for seed in 0..<500 {
            let scalars = (0..<20).compactMap { Unicode.Scalar(UInt32((seed * 7919 + $0 * 104_729) % 0x11_0000)) }
            let text = String(String.UnicodeScalarView(scalars))
            let pair = PercentEncoding.Pair(text, text)
            #expect(PercentEncoding.pairs(ofQuery: PercentEncoding.form([pair])) == [pair])
        }
    }
}
