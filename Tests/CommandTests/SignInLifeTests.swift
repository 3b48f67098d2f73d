import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A sign-in's own process")
struct SignInLifeTests {
    /// A provider at which the browser waits for as long as the test wants.
    private static var held: StandInIdentityProvider.Settings {
        var settings = StandInIdentityProvider.Settings()
        settings.faults[.authorize] = [.held]
        return settings
    }

    private func release(_ stage: Stage) {
        stage.provider.change { $0.faults[.authorize] = nil }
    }

    @Test("It outlives a caller that is killed: the next call has its tokens, and no second browser opens")
    func callerKilled() async throws {
        try await onStage(Self.held) { stage in
            let caller = try stage.start(stage.credsProcess)
            try await stage.provider.waitForRequests(at: .authorize)
            caller.signal(SIGKILL)
            let killed = try await caller.ended()
            #expect(killed.code == 128 + SIGKILL)
            release(stage)
            let next = try await stage.run(stage.credsProcess)
            #expect(next.code == 0, "\(next.errors)")
            #expect(stage.visits == 1)
            #expect(stage.grants == ["authorization_code"])
        }
    }

    @Test("It holds none of its caller's pipes: who reads them sees their end when the caller is gone")
    func pipes() async throws {
        try await onStage(Self.held) { stage in
            let pipe = Pipe()
            let caller = try stage.start(
                stage.credsProcess, output: .descriptor(pipe.fileHandleForWriting.fileDescriptor),
                errors: .descriptor(pipe.fileHandleForWriting.fileDescriptor))
            try await stage.provider.waitForRequests(at: .authorize)
            try pipe.fileHandleForWriting.close()
            caller.signal(SIGKILL)
            _ = try await caller.ended()
            var state = pollfd(fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&state, 1, 60_000)
            _ = try pipe.fileHandleForReading.readToEnd()
            #expect(!stage.signInProcesses.isEmpty)
        }
    }

    @Test("Ctrl-C in the caller that started it cancels it, with exit code 130")
    func interrupted() async throws {
        try await onStage(Self.held) { stage in
            let caller = try stage.start(stage.credsProcess)
            try await stage.provider.waitForRequests(at: .authorize)
            try await wait(for: "the notice") { caller.errorsSoFar.contains("/authorize?") }
            caller.signal(SIGINT)
            let ended = try await caller.ended()
            #expect(ended.code == 130)
            #expect(ended.output.isEmpty)
            #expect(ended.errorLines.last?.contains("cancelled") == true)
            try await wait(for: "the end of the sign-in") { stage.signInProcesses.isEmpty }
            release(stage)
            let next = try await stage.run(stage.credsProcess)
            #expect(next.code == 0, "\(next.errors)")
            #expect(stage.visits == 2)
        }
    }

    @Test("Ctrl-C in another caller that waits for it ends that one only")
    func otherInterrupted() async throws {
        try await onStage(Self.held) { stage in
            let starter = try stage.start(stage.credsProcess)
            try await stage.provider.waitForRequests(at: .authorize)
            let other = try stage.start(stage.credsProcess)
            try await wait(for: "the notice") { other.errorsSoFar.contains("/authorize?") }
            other.signal(SIGINT)
            let ended = try await other.ended()
            #expect(ended.code == 128 + SIGINT)
            release(stage)
            let first = try await starter.ended()
            #expect(first.code == 0, "\(first.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("When it is killed, its starter starts one more, and then says so")
    func workerKilled() async throws {
        try await onStage(Self.held) { stage in
            let caller = try stage.start(stage.credsProcess)
            for number in 1...2 {
                try await stage.provider.waitForRequests(number, at: .authorize)
                let process = try #require(stage.signInProcesses.first)
                kill(process, SIGKILL)
            }
            let ended = try await caller.ended()
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.last?.contains("ended without a word") == true, "\(ended.errors)")
            #expect(stage.visits == 2)
        }
    }

    @Test("A process that nobody sits at waits for it, and starts none")
    func unattended() async throws {
        try await onStage(Self.held) { stage in
            let starter = try stage.start(stage.credsProcess)
            try await stage.provider.waitForRequests(at: .authorize)
            let batch = try stage.start(stage.credsProcess, with: ["BROWSER": nil])
            try await wait(for: "the notice") { batch.errorsSoFar.contains("/authorize?") }
            let other = try stage.start(stage.credsProcess)
            try await wait(for: "the notice") { other.errorsSoFar.contains("/authorize?") }
            let process = try #require(stage.signInProcesses.first)
            for waiting in [batch, other] {
                #expect(waiting.errorsSoFar.contains("Process \(process) has been signing in to"))
                #expect(!waiting.errorsSoFar.contains("browser that opens"))
            }
            try await wait(for: "the notice") { starter.errorsSoFar.contains("in the browser that opens") }
            release(stage)
            #expect(try await other.ended().code == 0)
            let (first, second) = (try await starter.ended(), try await batch.ended())
            #expect([first.code, second.code] == [0, 0])
            #expect(first.output == second.output)
            #expect(stage.visits == 1)
        }
    }
}
