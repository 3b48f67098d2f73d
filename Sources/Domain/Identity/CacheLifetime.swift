/// How long a provider's document may be used without asking again (RFC 9111 section 5.2.2, within bounds of our own).
package enum CacheLifetime {
    /// Where the answer says nothing: a day.
    package static let usual: Int64 = 24 * 3600
    /// However short the answer says: five minutes, for dozens of processes ask in the same second.
    package static let shortest: Int64 = 5 * 60
    /// However long the answer says: a week.
    package static let longest: Int64 = 7 * 24 * 3600

    /// Seconds of freshness by the value of a Cache-Control field; nil where there is none.
    ///
    /// `no-store` and `no-cache` count as the shortest, and so does a `max-age` that is no number. Of several the smallest counts.
    package static func seconds(cacheControl: String?) -> Int64 {
        let directives = (cacheControl ?? "").lowercased().split(separator: ",").map(Directive.init)
        if directives.contains(where: { $0.name == "no-store" || $0.name == "no-cache" }) { return shortest }
        let ages = directives.filter { $0.name == "max-age" }.map { age($0.argument) }
        guard let smallest = ages.min() else { return usual }
        return min(max(smallest, shortest), longest)
    }

    private static func age(_ argument: String) -> Int64 {
        guard !argument.isEmpty, argument.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        return Int64(argument) ?? longest
    }

    private struct Directive {
        let name: String
        let argument: String

        init(_ text: Substring) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            name = parts.first.map { $0.filter { $0 != " " && $0 != "\t" } } ?? ""
            argument = parts.count > 1 ? parts[1].filter { $0 != " " && $0 != "\t" && $0 != "\"" } : ""
        }
    }
}
