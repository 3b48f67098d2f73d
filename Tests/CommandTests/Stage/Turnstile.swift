/// Lets a few tests run at a time: each of them starts processes, and some start many.
actor Turnstile {
    /// The one that every test of this target passes.
    static let shared = Turnstile()

    /// How many ordinary tests run at a time.
    static let width = 4

    private var free = width
    private var waiting: [(places: Int, go: CheckedContinuation<Void, Never>)] = []

    /// Waits for that many places, first come, first served.
    func enter(_ places: Int) async {
        if waiting.isEmpty, free >= places {
            free -= places
            return
        }
        await withCheckedContinuation { waiting.append((places, $0)) }
    }

    /// Gives them back.
    func leave(_ places: Int) {
        free += places
        while let first = waiting.first, free >= first.places {
            waiting.removeFirst()
            free -= first.places
            first.go.resume()
        }
    }
}
