import Ports
import Testing

@testable import Desktop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct LoopbackListenerLifeTests {
    private static let page = LoopbackListenerTests.page
    private static let closed = RedirectListenerError.unavailable(reason: "the listener for the sign-in is closed")

    @Test("The first port that is free is taken, and a range with none says so")
    func ports() async throws {
        let (holder, port) = try opened(ports: 23000...23999)
        let alone = LoopbackListener(ports: port...port)
        #expect(throws: RedirectListenerError.allPortsTaken(first: port, last: port)) { try alone.open() }
        holder.finish(Self.page)
        // A child that another test starts at this moment holds all sockets until it becomes its program.
        var reopened: (any OpenRedirect)?
        while reopened == nil {
            await Task.yield()
            reopened = try? alone.open()
        }
        let next = try #require(reopened)
        #expect(next.redirectURI == "http://localhost:\(port)")
        next.finish(Self.page)
    }

    @Test(
        "A port that somebody has on one of the two addresses is not free", .enabled(if: machineHasIPv6),
        arguments: LoopbackFamily.allCases)
    func takenOnOne(family: LoopbackFamily) throws {
        let (holder, port) = try opened(ports: 24000...24999, families: [family])
        #expect(throws: RedirectListenerError.allPortsTaken(first: port, last: port)) {
            try LoopbackListener(ports: port...port).open()
        }
        holder.finish(Self.page)
    }

    @Test("A taken port is passed over")
    func passedOver() throws {
        let (holder, port) = try opened()
        let (next, other) = try opened(ports: port...port + 500)
        #expect(other > port)
        holder.finish(Self.page)
        next.finish(Self.page)
    }

    @Test("Nobody came in time: it says after how long, and waits again when asked to")
    func timedOut() async throws {
        let (redirect, port) = try opened()
        for seconds in [0.02, 0, -1] {
            await #expect(throws: RedirectListenerError.timedOut(seconds: seconds)) {
                try await redirect.answer(within: seconds) { _ in .take }
            }
        }
        let browser = try LoopbackClient(get: "/?late", port)
        #expect(try await redirect.answer(within: .infinity) { _ in .take } == "late")
        redirect.finish(Self.page)
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test("Cancelling the task ends the wait, before it begins and after")
    func cancelled() async throws {
        let (redirect, port) = try opened()
        for waitsFirst in [false, true] {
            let asked = AsyncStream<Void>.makeStream()
            let task = Task {
                if !waitsFirst { while !Task.isCancelled { await Task.yield() } }
                return try await redirect.answer(within: 600) { _ in
                    asked.continuation.yield()
                    return .ignore(reason: "other")
                }
            }
            if waitsFirst {
                let stranger = try LoopbackClient(get: "/?stranger", port)
                for await _ in asked.stream { break }
                _ = await stranger.response()
            }
            task.cancel()
            await #expect(throws: RedirectListenerError.cancelled) { try await task.value }
        }
        redirect.finish(Self.page)
    }

    @Test("Only one call waits at a time, and only one answer is taken")
    func oneWait() async throws {
        let (redirect, port) = try opened()
        let asked = AsyncStream<Void>.makeStream()
        let first = Task {
            try await redirect.answer(within: 600) {
                asked.continuation.yield()
                return $0 == "right" ? .take : .ignore(reason: "other")
            }
        }
        let stranger = try LoopbackClient(get: "/?stranger", port)
        for await _ in asked.stream { break }
        await #expect(throws: RedirectListenerError.self) { try await redirect.answer(within: 600) { _ in .take } }
        let browser = try LoopbackClient(get: "/?right", port)
        #expect(try await first.value == "right")
        await #expect(throws: RedirectListenerError.self) { try await redirect.answer(within: 600) { _ in .take } }
        redirect.finish(Self.page)
        #expect(await stranger.response().hasPrefix("HTTP/1.1 400"))
        #expect(await browser.response().hasPrefix("HTTP/1.1 200"))
    }

    @Test("Finishing closes every socket, ends a wait, and may be done again")
    func finished() async throws {
        let (redirect, port) = try opened(ports: 25000...25999)
        let idle = try LoopbackClient(port)
        let asked = AsyncStream<Void>.makeStream()
        let task = Task {
            try await redirect.answer(within: 600) { _ in
                asked.continuation.yield()
                return .ignore(reason: "other")
            }
        }
        let stranger = try LoopbackClient(get: "/?stranger", port)
        for await _ in asked.stream { break }
        redirect.finish(Self.page)
        redirect.finish(Self.page)
        await #expect(throws: Self.closed) { try await task.value }
        await #expect(throws: Self.closed) { try await redirect.answer(within: 600) { _ in .take } }
        #expect(await idle.response().isEmpty)
        _ = await stranger.response()
        // As above: until children of other tests have become their programs.
        while (try? LoopbackClient(port)) != nil { await Task.yield() }
    }

    @Test("A listener that is dropped unfinished closes its sockets")
    func dropped() async throws {
        let client = try {
            let (redirect, port) = try opened(limits: .patient)
            return withExtendedLifetime(redirect) { try? LoopbackClient(port) }
        }()
        #expect(await client?.response() == "")
    }

    @Test("No socket is left to a program that this one becomes or starts")
    func notInherited() async throws {
        let (redirect, port) = try opened()
        let browser = try LoopbackClient(get: "/?right", port)
        _ = try await redirect.answer(within: 60) { _ in .take }
        let flags = (3..<4096 as Range<Int32>).filter { localPort($0) == port }.map { fcntl($0, F_GETFD) }
        #expect(flags.count >= 2, "the listener and the browser's connection at least")
        #expect(flags.allSatisfy { $0 & FD_CLOEXEC != 0 })
        redirect.finish(Self.page)
        _ = await browser.response()
    }

    private func localPort(_ descriptor: Int32) -> UInt16? {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                guard getsockname(descriptor, $0.baseAddress, &size) == 0 else { return nil }
                return [AF_INET, AF_INET6].contains(Int32($0[0].sa_family))
                    ? UInt16(bytes[2]) << 8 | UInt16(bytes[3]) : nil
            }
        }
    }
}

/// A listener on some port that is free, and its port.
///
/// Who counts on a port after its listener is gone asks for a range of its own: the next test may have it by then.
func opened(
    ports: ClosedRange<UInt16> = 21000...21999, families: [LoopbackFamily] = LoopbackFamily.allCases,
    limits: LoopbackLimits = LoopbackLimits()
) throws -> (any OpenRedirect, UInt16) {
    let redirect = try LoopbackListener(ports: ports, families: families, limits: limits).open()
    return (redirect, try #require(redirect.redirectURI.split(separator: ":").last.flatMap { UInt16($0) }))
}

extension LoopbackLimits {
    /// Limits that end nothing while a test runs.
    static var patient: LoopbackLimits {
        var limits = LoopbackLimits()
        limits.seconds = 600
        return limits
    }
}

let machineHasIPv6 = (try? LoopbackListener(ports: 22000...22999, families: [.ipv6]).open()) != nil
