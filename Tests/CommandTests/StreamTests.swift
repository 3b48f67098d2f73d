import Foundation
import StandIns
import Testing

@Suite("Standard streams")
struct StreamTests {
    @Test("Standard input may be closed, for a first call and for a cached one")
    func inputClosed() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess, input: .closed)
            #expect(first.code == 0, "\(first.errors)")
            let second = try await stage.run(stage.credsProcess, input: .closed)
            #expect([second.output, second.errors] == [first.output, ""])
        }
    }

    @Test("Standard error may be closed")
    func errorsClosed() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess, errors: .closed)
            #expect(first.code == 0)
            let second = try await stage.run(stage.credsProcess, errors: .closed)
            #expect(second.output == first.output)
        }
    }

    @Test(
        "All three may be closed: no file of ours becomes one of them, and the exit code says that nothing was printed")
    func allClosed() async throws {
        try await onStage { stage in
            for _ in 0..<2 {
                let ended = try await stage.run(stage.credsProcess, input: .closed, output: .closed, errors: .closed)
                #expect(ended.code == 1)
            }
            stage.forget()
            let whole = try await stage.run(stage.credsProcess)
            #expect(whole.code == 0)
            #expect(whole.output.contains("AccessKeyId"))
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("A standard output that takes nothing is a failure with one line, cached or not", arguments: [true, false])
    func outputGone(isFull: Bool) async throws {
        let stream = isFull ? ChildStream.path("/dev/full") : .closed
        try await onStage { stage in
            try await stage.signIn()
            for arguments in [
                stage.credsProcess, stage.credsProcess, ["token"] + stage.provided, ["version"], ["--help"],
            ] {
                let ended = try await stage.run(arguments, output: stream)
                #expect(ended.code == 1, "\(arguments)")
                #expect(ended.errorLines.count == 1, "\(arguments): \(ended.errors)")
                #expect(ended.errors.contains("standard output can't be written"), "\(arguments): \(ended.errors)")
                let remedy = isFull ? "Send its output elsewhere." : "Run it with its output open."
                #expect(ended.errors.contains(remedy), "\(arguments): \(ended.errors)")
            }
            #expect(stage.requests == [.assumeRole])
        }
    }

    @Test("A pipe that nobody reads any more is a failure without a word, not a death by signal")
    func brokenPipe() async throws {
        try await onStage { stage in
            try await stage.signIn()
            for _ in 0..<2 {
                let pipe = Pipe()
                try pipe.fileHandleForReading.close()
                let ended = try await stage.run(
                    stage.credsProcess, output: .descriptor(pipe.fileHandleForWriting.fileDescriptor))
                #expect([String(ended.code), ended.errors] == ["1", ""])
            }
        }
    }
}
