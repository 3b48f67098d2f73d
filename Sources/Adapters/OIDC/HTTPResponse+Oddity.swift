import Domain
import Ports

extension HTTPResponse {
    /// Whether the trouble is the provider's own and may pass: 5xx and 429.
    var isOutOfOrder: Bool { (500...599).contains(status) || status == 429 }

    /// What is odd about an answer that is not of this protocol, in words that go on "…: ".
    var oddity: String {
        if (300...399).contains(status) {
            let place = self[header: "Location"].map { " to \(PrintableText.line($0))" } ?? ""
            return "it answered \(status), a redirect\(place), which is not followed"
        }
        return "it answered \(status) with \(bodyKind)"
    }

    private var bodyKind: String {
        let firstMark = body.first { !" \t\r\n".utf8.contains($0) }
        guard let firstMark else { return "an empty body" }
        let type = self[header: "Content-Type"]?.lowercased() ?? ""
        if type.hasPrefix("text/html") || firstMark == UInt8(ascii: "<") { return "an HTML page" }
        return firstMark == UInt8(ascii: "{") ? "JSON that does not belong here" : "something other than JSON"
    }
}
