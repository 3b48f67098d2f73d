import HTTPTypes
import Testing

@testable import Web

@Suite struct RequestIDTests {
    @Test("An id of our own has sixteen digits, also where it begins with zeros")
    func length() {
        let ids = (0..<2000).map { _ in
            RequestID.of(HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/"))
        }
        #expect(ids.allSatisfy { $0.utf8.count == 16 })
        #expect(Set(ids).count == ids.count)
    }
}
