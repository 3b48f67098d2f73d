import Domain
import Testing

@Suite struct CacheLifetimeTests {
    @Test(
        "max-age counts between five minutes and a week; a day where nothing is said",
        arguments: [
            (nil, 86_400), ("", 86_400), ("public", 86_400), ("max-age=3600", 3600), ("Max-Age=3600", 3600),
            ("public, max-age=3600, must-revalidate", 3600), ("max-age = \"3600\"", 3600), ("max-age=0", 300),
            ("max-age=299", 300), ("max-age=604800", 604_800), ("max-age=604801", 604_800),
            ("max-age=99999999999999999999999", 604_800), ("max-age=-1", 300), ("max-age=soon", 300), ("max-age", 300),
            ("max-age=900, max-age=600", 600), ("no-store", 300), ("no-cache", 300), ("no-store, max-age=3600", 300),
            ("max-age=3600, No-Cache", 300), ("no-cache=\"Set-Cookie\", max-age=3600", 300), ("s-maxage=10", 86_400),
        ] as [(String?, Int64)])
    func lifetime(field: String?, seconds: Int64) {
        #expect(CacheLifetime.seconds(cacheControl: field) == seconds)
    }
}
