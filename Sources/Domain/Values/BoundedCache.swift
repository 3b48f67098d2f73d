/// Keeps what was used lately, and never more than so much of it.
///
/// Two generations: when the young one is full it becomes the old one, and what was the old one is forgotten. So
/// nothing has to be ordered, and one flood of new keys can't make it grow.
package struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// What a generation may hold, in whatever the values' weights are counted in.
    package let capacity: Int

    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    private var weight = 0

    /// An empty cache that holds at most twice that much.
    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many values there are.
    package var count: Int { young.count + old.count }

    /// The value of a key, which is young again by that.
    package mutating func value(_ key: Key, weight: (Value) -> Int = { _ in 1 }) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        put(value, key, weight: weight(value))
        return value
    }

    /// Keeps a value under that key; one that is heavier than a whole generation is not kept.
    package mutating func put(_ value: Value, _ key: Key, weight added: Int = 1) {
        old[key] = nil
        guard added <= capacity else {
            young[key] = nil
            return
        }
        if young[key] == nil {
            if weight + added > capacity {
                old = young
                young = [:]
                weight = 0
            }
            weight += added
        }
        young[key] = value
    }

    /// Forgets the value of a key.
    package mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }
}
