import Foundation
import StandIns
import Testing

/// What strangers send to the config service.
@Suite("The config service and what strangers send")
struct ServeConfigTroubleTests {
    private static let faults: [StandInIdentityProvider.IDTokenFault] = [
        .wrongIssuer, .wrongAudience, .wrongAuthorizedParty, .missingIssuer, .missingSubject, .missingAudience,
        .missingExpiry, .expired, .notYetValid, .algorithmNone, .symmetricAlgorithm, .wrongSignature, .unknownKeyID,
        .garbage,
    ]

    @Test("a token that is not good is 401, and why stands in the log alone")
    func badTokens() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            for fault in Self.faults {
                let token = try stage.provider.idToken(fault: fault)
                let answer = try await service.get("/", token: token)
                #expect(answer.status == 401, "\(fault)")
                #expect(answer[header: "www-authenticate"] == "Bearer realm=\"aws-oidc\", error=\"invalid_token\"")
                #expect(answer.text == "An id_token of the identity provider is needed.\n")
            }
            try await service.end()
            let reasons = service.accessLines.compactMap { $0["reason"]?.text }
            #expect(reasons.count == Self.faults.count)
            #expect(reasons.contains { $0.contains("expired") })
            let log = stage.text(service.accessName) + service.child.errorsSoFar
            let token = try stage.provider.idToken(fault: .expired)
            #expect(!log.contains(token.split(separator: ".")[1].prefix(40)))
        }
    }

    @Test("a request without a bearer token is 401 without a code (RFC 6750 section 3.1)")
    func noToken() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let token = try stage.provider.idToken()
            for headers in [[], [("Authorization", "Basic YTpi")], [("X-Authorization", "Bearer \(token)")]] {
                let answer = try await LoopbackHTTP.fetch("GET", service.address + "/", headers: headers)
                #expect(answer.status == 401)
                #expect(answer[header: "www-authenticate"] == "Bearer realm=\"aws-oidc\"")
            }
            let inQuery = try await service.get("/?access_token=\(token)")
            #expect(inQuery.status == 401)
            try await service.end()
            #expect(!stage.text(service.accessName).contains(token))
        }
    }

    @Test(
        "malformed credentials are 401", arguments: ["Bearer", "Bearer a b", "Bearer a.b", "Bearer \u{e9}\u{e9}.a.b"])
    func malformed(field: String) async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let answer = try await LoopbackHTTP.fetch("GET", service.address + "/", headers: [("Authorization", field)])
            #expect(answer.status == 401)
            try await service.end()
        }
    }

    @Test("a token of a megabyte and a header of a million fields are refused, and others are served meanwhile")
    func oversized() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let token = String(repeating: "a", count: 1 << 20)
            let answer = try await service.get("/", token: token)
            #expect(answer.status == 401)
            #expect(answer[header: "www-authenticate"]?.contains("invalid_token") == true)
            let fields = (0..<1_000_000).map { ("X-\($0)", "y") }
            let many = try await LoopbackHTTP.fetch("GET", service.address + "/", headers: fields)
            #expect(many.status == 401)
            #expect(try await service.get("/", token: try stage.provider.idToken()).status == 200)
            try await service.end()
            #expect(service.accessLines.contains { $0["reason"]?.text?.contains("larger than") == true })
        }
    }

    @Test("what is no HTTP is 400 or nothing, and pipelined requests are all answered")
    func rawBytes() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            for bytes in ["garbage\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0\r\n\r\n"] {
                let answer = try await RawExchange.send(Array(bytes.utf8), to: service.port)
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"), "\(bytes): \(answer)")
            }
            let one = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
            let last = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answers = try await RawExchange.send(
                Array((String(repeating: one, count: 99) + last).utf8), to: service.port)
            #expect(answers.components(separatedBy: "HTTP/1.1 200").count == 101)
            try await service.end()
        }
    }

    @Test("pipelined requests are answered, and logged, in their order, though some take their time and others none")
    func pipelined() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let token = try stage.provider.idToken()
            let paths = ["/health", "/", "/metrics", "/nothing", "/", "/config", "/?extended=1", "/ready"]
            let ids = (0..<200).map { "request-\($0)" }
            let requests = ids.enumerated().map { number, id in
                let last = number == ids.count - 1 ? "Connection: close\r\n" : ""
                return "GET \(paths[number % paths.count]) HTTP/1.1\r\nHost: x\r\nX-Request-Id: \(id)\r\n"
                    + "Authorization: Bearer \(token)\r\n\(last)\r\n"
            }
            let answers = try await RawExchange.send(Array(requests.joined().utf8), to: service.port)
            let answered = answers.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("x-request-id: ") }
            #expect(answered.map { String($0.dropFirst("x-request-id: ".count)) } == ids)
            try await service.end()
            #expect(service.accessLines.compactMap { $0["request_id"]?.text }.filter(Set(ids).contains) == ids)
        }
    }

    @Test("what never became a request has its line in the log and its number too; HTTP/1.0 ends its connection")
    func noRequests() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            for head in ["GET /health HTTP/1.1\r\n", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n"] {
                let answer = try await RawExchange.send(Array((head + "\r\n").utf8), to: service.port)
                #expect(answer.hasPrefix("HTTP/1.1 400"), "\(head): \(answer)")
            }
            let old = try RawConnection(to: service.port)
            try old.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            // The other side closes, or nothing more would come for as long as a connection may be idle.
            let answer = try old.receive(until: "never")
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix("ok\n"))
            old.close()
            let metrics = try await service.get("/metrics").text
            #expect(metrics.contains("aws_oidc_requests_total{path=\"other\",status=\"400\"} 2\n"))
            try await service.end()
            let lines = service.accessLines.filter { $0["status"]?.integer == 400 }
            #expect(lines.count == 2)
            #expect(lines.allSatisfy { $0["peer"]?.text == "127.0.0.1" })
            #expect(lines.allSatisfy { $0["reason"]?.text?.contains("Host") == true })
        }
    }

    @Test("one request is one line, whatever its body; what is none has a line of its own kind")
    func oneLine() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let post = "POST / HTTP/1.1\r\nHost: x\r\n"
            for body in [
                "Transfer-Encoding: chunked\r\n\r\nno number\r\n", "Content-Length: 10\r\n\r\nabc",
                "Content-Length: 100000\r\n\r\n" + String(repeating: "a", count: 100_000),
            ] {
                let answer = try await RawExchange.send(Array((post + body).utf8), to: service.port)
                #expect(answer.hasPrefix("HTTP/1.1 405"), "\(answer)")
                #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
            }
            #expect(try await RawExchange.send(Array("GET / HTTP/1.1\r\nHos".utf8), to: service.port) == "")
            #expect(try await RawExchange.send([], to: service.port) == "")
            try await service.end()
            let lines = service.accessLines
            #expect(lines.count == 4, "\(stage.text(service.accessName))")
            let requests = lines.filter { $0["msg"]?.text == "request" }
            #expect(requests.count == 3)
            #expect(requests.allSatisfy { $0["status"]?.integer == 405 && $0["method"]?.text == "POST" })
            let other = try #require(lines.first { $0["msg"]?.text == "no request" })
            #expect(other["status"]?.integer == 0 && other["path"] == nil)
            #expect(other["reason"]?.text == "the connection ended before its header was whole")
        }
    }

    @Test("other methods are 405, other paths 404")
    func elsewhere() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let post = try await LoopbackHTTP.fetch("POST", service.address + "/", body: [1, 2, 3])
            #expect(post.status == 405)
            #expect(post[header: "allow"] == "GET, HEAD")
            for path in ["/nothing", "/..", "//", "/%2e%2e/etc/passwd", "/health/"] {
                #expect(try await service.get(path).status == 404)
            }
            try await service.end()
        }
    }

    @Test("while the provider's keys can't be had, a person is told to come again, and not that their token is bad")
    func noKeys() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            stage.provider.change { $0.faults[.keys] = [.status(code: 404)] }
            let answer = try await service.get("/", token: try stage.provider.idToken())
            #expect(answer.status == 503)
            #expect(answer[header: "retry-after"].flatMap { Int($0) }.map { (1...3).contains($0) } == true)
            #expect(service.child.errorsSoFar.contains("the identity provider's keys can't be had"))
            #expect(try await service.get("/metrics").text.contains("aws_oidc_identity_provider_ok 0\n"))
            stage.provider.change { $0.faults[.keys] = [] }
            let token = try stage.provider.idToken()
            try await service.until("the provider is asked again") {
                try await service.get("/", token: token).status == 200
            }
            try await service.end()
        }
    }

    @Test("a made-up token for which the provider is asked, and does not answer, keeps no good one waiting")
    func providerHangs() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            #expect(try await service.get("/", token: try stage.provider.idToken()).status == 200)
            stage.provider.change { $0.faults[.keys] = [.held] }
            let forged = try stage.provider.idToken(fault: .unknownKeyID)
            async let answer = service.get("/", token: forged)
            try await wait(for: "the keys are asked for anew") { stage.provider.log.count(.keys) == 2 }
            let other = try stage.provider.idToken(subject: "00u-somebody-else")
            #expect(try await service.get("/", token: other).status == 200)
            stage.provider.change { $0.faults[.keys] = [] }
            #expect(try await answer.status == 401)
            try await service.end()
        }
    }

    @Test("beyond --max-connections a connection waits until another ends, and is answered then")
    func maximumConnections() async throws {
        try await onStage { stage in
            let service = try await stage.serve(
                map: ["reader"], arguments: ["--directory=id-token", "--max-connections=1"])
            let first = try RawConnection(to: service.port)
            try first.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try first.receive(until: "ok\n").hasPrefix("HTTP/1.1 200"))
            let second = try RawConnection(to: service.port)
            try second.send("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
            try first.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try first.receive(until: "ok\n").hasPrefix("HTTP/1.1 200"))
            first.close()
            #expect(try second.receive(until: "ready\n").hasPrefix("HTTP/1.1 200"))
            second.close()
            try await service.end()
            #expect(service.accessLines.compactMap { $0["path"]?.text } == ["/health", "/health", "/ready"])
        }
    }

    @Test("the access log has a line for each request, with the id that it came with")
    func accessLog() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let token = try stage.provider.idToken()
            let answer = try await LoopbackHTTP.fetch(
                "GET", service.address + "/?extended=1",
                headers: [("Authorization", "Bearer \(token)"), ("X-Request-Id", "from-the-proxy-1")])
            #expect(answer[header: "x-request-id"] == "from-the-proxy-1")
            let made = try await LoopbackHTTP.fetch(
                "GET", service.address + "/health", headers: [("X-Request-Id", "a\"b{}")])
            #expect(made[header: "x-request-id"]?.contains("\"") == false)
            try await service.end()
            let lines = service.accessLines
            #expect(lines.count >= 2)
            let line = try #require(lines.first { $0["request_id"]?.text == "from-the-proxy-1" })
            #expect(line["path"]?.text == "/")
            #expect(line["status"]?.integer == 200)
            #expect(line["sub"]?.text == stage.provider.settings.user.subject)
        }
    }
}
