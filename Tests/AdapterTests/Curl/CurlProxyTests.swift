import Curl
import Foundation
import Ports
import Testing

/// Each in a process of its own, for the environment is the process's.
@Suite("HTTP over libcurl: proxies")
struct CurlProxyTests {
    @Test("HTTPS_PROXY is used for a host elsewhere; a proxy that refuses means that nothing arrived")
    func proxy() async {
        await #expect(processExitsWith: .success) {
            let requests = Events()
            let proxy = try RawServer { connection, _ in
                requests.add(connection.readRequest() ?? "")
                connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            }
            clearProxies()
            setenv("HTTPS_PROXY", proxy.address(), 1)
            let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: ""))
            let failure = await failure(HTTPRequest(.post(body: [1]), "https://login.invalid/"), client)
            #expect(await requests.next()?.hasPrefix("CONNECT login.invalid:443 ") == true)
            guard case .unreachable("login.invalid", let reason, requestMayHaveArrived: false) = failure else {
                Issue.record("\(failure as Any)")
                return
            }
            #expect(reason.contains("403"))
        }
    }

    @Test("NO_PROXY excepts the hosts that it names")
    func noProxy() async {
        await #expect(processExitsWith: .success) {
            let requests = Events()
            let proxy = try RawServer { connection, _ in requests.add(connection.readRequest() ?? "") }
            clearProxies()
            setenv("HTTPS_PROXY", proxy.address(), 1)
            setenv("NO_PROXY", "example.com,login.invalid", 1)
            let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: ""))
            #expect(await failure(HTTPRequest(.get, "https://login.invalid/"), client) != nil)
            #expect(await requests.all() == [])
        }
    }

    @Test("a loopback host never goes through a proxy", arguments: ["http", "https"])
    func loopback(_ scheme: String) async {
        await #expect(processExitsWith: .success) { [scheme] in
            let requests = Events()
            let proxy = try RawServer { connection, _ in requests.add(connection.readRequest() ?? "") }
            let server = try RawServer { connection, _ in
                var byte: UInt8 = 0
                _ = recv(connection.socket, &byte, 1, 0)
            }
            clearProxies()
            for name in ["http_proxy", "HTTPS_PROXY", "ALL_PROXY"] { setenv(name, proxy.address(), 1) }
            setenv("NO_PROXY", "example.com", 1)
            let client = CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: ""))
            for host in ["127.0.0.1", "localhost"] {
                let failure = await failure(HTTPRequest(.get, "\(scheme)://\(host):\(server.port)/"), client)
                #expect(failure != nil)
            }
            #expect(await requests.all() == [])
        }
    }
}

private func clearProxies() {
    for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        unsetenv(name)
    }
}
