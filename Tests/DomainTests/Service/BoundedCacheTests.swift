import Domain
import Testing

/// A cache that can't grow.
struct BoundedCacheTests {
    @Test("what is used stays, what is not is forgotten, and there is never more than twice the capacity")
    func bounds() {
        var cache = BoundedCache<Int, String>(capacity: 10)
        cache.put("kept", -1)
        for number in 0..<1000 {
            cache.put("\(number)", number)
            #expect(cache.value(-1) == "kept")
            #expect(cache.count <= 20)
        }
        #expect(cache.value(999) == "999")
        #expect(cache.value(5) == nil)
    }

    @Test("weights count, and what is heavier than all is not kept")
    func weights() {
        var cache = BoundedCache<String, Int>(capacity: 10)
        cache.put(1, "small", weight: 4)
        cache.put(2, "huge", weight: 11)
        #expect(cache.value("huge") == nil)
        #expect(cache.value("small") == 1)
        cache.put(3, "other", weight: 8)
        #expect(cache.value("other") == 3)
    }

    @Test("the newest value of a key counts, and one that was removed is gone")
    func replacement() {
        var cache = BoundedCache<String, Int>(capacity: 2)
        cache.put(1, "a")
        cache.put(2, "a")
        #expect(cache.value("a") == 2)
        cache.remove("a")
        #expect(cache.value("a") == nil)
    }
}
