extension Task where Failure == Never {
    /// What the task gives; nil as soon as whoever waits for it is cancelled, though the task itself goes on.
    var valueUnlessCancelled: Success? {
        get async {
            let (values, value) = AsyncStream.makeStream(of: Success.self)
            Task<Void, Never> {
                value.yield(await self.value)
                value.finish()
            }
            for await value in values { return value }
            return nil
        }
    }
}
