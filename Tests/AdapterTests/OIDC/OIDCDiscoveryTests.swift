import Domain
import OIDC
import Ports
import Testing

@Suite struct OIDCDiscoveryTests {
    private func failure(_ world: OIDCWorld, in seconds: Double = 60) async -> IdentityProviderError? {
        do throws(IdentityProviderError) {
            _ = try await world.provider.metadata(by: world.deadline(in: seconds))
            return nil
        } catch {
            return error
        }
    }

    @Test("the document's members become metadata, asked for as JSON")
    func reads() async throws {
        let world = try await OIDCWorld()
        let metadata = try await world.provider.metadata(by: world.deadline())
        #expect(
            metadata
                == ProviderMetadata(
                    issuer: world.issuer, authorizationEndpoint: "https://id.example.com/authorize?p=1",
                    tokenEndpoint: OIDCWorld.token, keysAddress: OIDCWorld.keys,
                    introspectionEndpoint: OIDCWorld.introspection, namesItselfInRedirect: false))
        let request = try #require(await world.http.requests.first)
        #expect(request.headers.contains(HTTPHeader("Accept", "application/json")))
        #expect(request.timeout == 15)
    }

    @Test("an issuer with a slash at its end is asked without it, and compared with it")
    func trailingSlash() async throws {
        let world = try await OIDCWorld()
        let issuer = try Issuer("https://id.example.com/tenant/")
        let provider = OpenIDProvider(
            issuer: issuer, clientID: world.clientID, http: world.http, time: world.time, random: OIDCFixedRandom(),
            documents: world.documents, digester: OIDCFakeDigester(), verifier: OIDCFakeVerifier())
        await world.http.script(
            OIDCWorld.discovery, [.json(OIDCForge.discovery(["issuer": "\"https://id.example.com/tenant/\""]))])
        #expect(try await provider.metadata(by: world.deadline()).issuer == issuer)
        #expect(
            await failure(world)
                == .wrongIssuer(
                    configured: "https://id.example.com/tenant", found: "https://id.example.com/tenant/"))
    }

    @Test("optional members are read where they are right, and passed over where not")
    func optionalMembers() async throws {
        let world = try await OIDCWorld()
        await world.http.script(
            OIDCWorld.discovery,
            [
                .json(
                    OIDCForge.discovery([
                        "introspection_endpoint": "\"http://id.example.com/introspect\"",
                        "authorization_response_iss_parameter_supported": "true",
                    ]))
            ])
        let metadata = try await world.provider.metadata(by: world.deadline())
        #expect(metadata.introspectionEndpoint == nil)
        #expect(metadata.namesItselfInRedirect)
    }

    static let unintelligible: [(OIDCScriptedHTTP.Line, String)] = [
        (.answer(status: 200, headers: [HTTPHeader("content-type", "text/html")], body: "<html>"), "200 with an HTML"),
        (.answer(status: 200, headers: [], body: "\n <!doctype html>"), "an HTML page"),
        (.answer(status: 404, headers: [], body: "not found"), "answered 404 with something other than JSON"),
        (.answer(status: 404, headers: [], body: ""), "answered 404 with an empty body"),
        (
            .answer(status: 302, headers: [HTTPHeader("Location", "https://x/\n")], body: ""),
            "302, a redirect to https://x/"
        ),
        (.json("{\"error\":\"nope\"}", status: 400), "answered 400 with JSON that does not belong here"),
        (.json("[]"), "something other than JSON"), (.json("{"), "it is no JSON"), (.json("{}"), "it has no issuer"),
        (.json(OIDCForge.discovery(["token_endpoint": nil])), "it has no token_endpoint"),
        (.json(OIDCForge.discovery(["jwks_uri": "7"])), "its jwks_uri has the wrong type"),
        (.json(OIDCForge.discovery(["jwks_uri": "\"http://id.example.com/keys\""])), "its jwks_uri"),
        (.json(OIDCForge.discovery(["token_endpoint": "\"ftp://id.example.com\""])), "its token_endpoint"),
        (.json(OIDCForge.discovery(["authorization_endpoint": "\"https://a/b#c\""])), "its authorization_endpoint"),
        (.json(OIDCForge.discovery(["authorization_endpoint": "\"https://a/b c\""])), "its authorization_endpoint"),
        (.json(OIDCForge.discovery(["authorization_endpoint": "\"javascript:x\""])), "its authorization_endpoint"),
    ]

    @Test("what is no discovery document is told apart, and asked for once", arguments: unintelligible)
    func garbage(line: OIDCScriptedHTTP.Line, reason: String) async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.discovery, [line])
        guard case .unintelligible(OIDCWorld.discovery, let said)? = await failure(world) else {
            Issue.record("it was taken")
            return
        }
        #expect(said.contains(reason))
        #expect(await world.http.count(OIDCWorld.discovery) == 1)
        #expect(world.documents.document(at: OIDCWorld.discovery) == nil)
    }

    @Test("http endpoints on loopback are taken, for stand-ins")
    func loopback() async throws {
        let world = try await OIDCWorld()
        let document = OIDCForge.discovery(["token_endpoint": "\"http://127.0.0.1:8080/token\""])
        await world.http.script(OIDCWorld.discovery, [.json(document)])
        #expect(try await world.provider.metadata(by: world.deadline()).tokenEndpoint == "http://127.0.0.1:8080/token")
    }

    @Test("a document of another issuer is refused, even when it lies in the cache")
    func mismatch() async throws {
        let world = try await OIDCWorld()
        let other = OIDCForge.discovery(["issuer": "\"https://id.example.com/Tenant\""])
        let now = world.time.now()
        world.documents.keep(
            ProviderDocument(
                address: OIDCWorld.discovery, body: Array(other.utf8), fetchedAt: now, freshUntil: now + 600))
        await world.http.script(OIDCWorld.discovery, [.json(other)])
        #expect(
            await failure(world)
                == .wrongIssuer(configured: OIDCWorld.issuerText, found: "https://id.example.com/Tenant"))
        #expect(await world.http.count(OIDCWorld.discovery) == 1)
    }

    @Test("a document is used unasked for as long as its Cache-Control says")
    func fresh() async throws {
        let world = try await OIDCWorld()
        let headers = [HTTPHeader("cache-control", "public"), HTTPHeader("Cache-Control", "max-age=900")]
        await world.http.script(OIDCWorld.discovery, [.json(OIDCForge.discovery(), headers: headers)])
        _ = try await world.provider.metadata(by: world.deadline())
        world.time.advance(899)
        _ = try await world.provider.metadata(by: world.deadline())
        #expect(await world.http.count(OIDCWorld.discovery) == 1)
        world.time.advance(1)
        _ = try await world.provider.metadata(by: world.deadline())
        #expect(await world.http.count(OIDCWorld.discovery) == 2)
    }

    static let outages: [OIDCScriptedHTTP.Line] = [
        .unreachable, .broken, .silence, .json("{}", status: 503), .json("{}", status: 429),
    ]

    @Test("a stale document serves when the provider is out, at once for a minute after", arguments: outages)
    func stale(outage: OIDCScriptedHTTP.Line) async throws {
        let world = try await OIDCWorld()
        _ = try await world.provider.metadata(by: world.deadline())
        world.time.advance(30 * 86_400)
        await world.http.script(OIDCWorld.discovery, [outage])
        let deadline = world.deadline(in: 8)
        #expect(try await world.provider.metadata(by: deadline).tokenEndpoint == OIDCWorld.token)
        #expect(deadline.left(world.time) >= 4)
        #expect(await world.http.count(OIDCWorld.discovery) == 2)
        world.time.advance(50)
        _ = try await world.provider.metadata(by: world.deadline())
        #expect(await world.http.count(OIDCWorld.discovery) == 2)
        world.time.advance(11)
        await world.http.script(
            OIDCWorld.discovery, [.json(OIDCForge.discovery(["token_endpoint": "\"https://new/\""]))])
        #expect(try await world.provider.metadata(by: world.deadline()).tokenEndpoint == "https://new/")
    }

    @Test(
        "a stale document does not hide an untrusted certificate or a cancelled task",
        arguments: [.untrusted(host: "id.example.com", reason: "expired"), .cancelled] as [HTTPFailure])
    func untrusted(failure: HTTPFailure) async throws {
        let world = try await OIDCWorld()
        _ = try await world.provider.metadata(by: world.deadline())
        world.time.advance(30 * 86_400)
        await world.http.script(OIDCWorld.discovery, [.failure(failure)])
        #expect(await self.failure(world) == .http(failure))
    }

    @Test("a document that a wrong clock kept is asked for anew", arguments: [-100_000.0, 100_000_000.0])
    func wrongClock(offset: Double) async throws {
        let world = try await OIDCWorld()
        let body = Array(OIDCForge.discovery().utf8)
        let then = world.time.now() + 100_000
        world.documents.keep(
            ProviderDocument(
                address: OIDCWorld.discovery, body: body, fetchedAt: offset < 0 ? then : world.time.now(),
                freshUntil: then + Int64(abs(offset))))
        _ = try await world.provider.metadata(by: world.deadline())
        #expect(await world.http.count(OIDCWorld.discovery) == 1)
    }

    @Test("with nothing in the cache an outage is waited out while the deadline allows it")
    func retries() async throws {
        let world = try await OIDCWorld()
        await world.http.script(
            OIDCWorld.discovery, [.unreachable, .json("{}", status: 502), .silence, .json(OIDCForge.discovery())])
        _ = try await world.provider.metadata(by: world.deadline(in: 60))
        #expect(await world.http.count(OIDCWorld.discovery) == 4)
        #expect(world.time.sleeps.count == 3)
    }

    @Test("an outage that outlasts the deadline is told as what it was")
    func outage() async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.discovery, [.json("{}", status: 503)])
        #expect(await failure(world, in: 10) == .outOfOrder(address: OIDCWorld.discovery, status: 503))
        #expect(world.time.now().since(OIDCFakeTime.start) <= 10)
        await world.http.script(OIDCWorld.discovery, [.silence])
        guard case .http(.timedOut)? = await failure(world, in: 10) else {
            Issue.record("no time-out")
            return
        }
    }

    @Test("a deadline that is over sends nothing")
    func over() async throws {
        let world = try await OIDCWorld()
        #expect(
            await failure(world, in: 0)
                == .http(.timedOut(host: "id.example.com", seconds: 0, requestMayHaveArrived: false)))
        #expect(await world.http.requests.isEmpty)
    }
}
