import Locking

/// Runs all that one task does on the thread that waits for it: who counts that thread's calls then has them all.
final class OwnThread: TaskExecutor {
    private let jobs = Guarded<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.with { $0.append(job) }
    }

    /// Runs the jobs in their order, for as long as the process lives.
    func run() -> Never {
        while true {
            jobs.wait { !$0.isEmpty }
            jobs.with { $0.removeFirst() }.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
