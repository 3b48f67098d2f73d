import Domain
import Ports

/// An answer while it arrives.
struct Answer {
    /// More header than this is no answer of anybody's.
    static let headerLimit = 256 << 10

    private(set) var headers: [HTTPHeader] = []
    private(set) var body: [UInt8] = []
    /// The limit that was passed, once one was.
    private(set) var passedLimit: Int?
    /// Whether the header came to its end; libcurl takes one that breaks off for a whole one.
    private(set) var isHeaderComplete = false
    private var headerSize = 0
    private let bodyLimit: Int

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    /// Takes a piece of the body; false where it is too much.
    mutating func take(body piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= bodyLimit - body.count else {
            passedLimit = bodyLimit
            return false
        }
        body.append(contentsOf: piece)
        return true
    }

    /// Takes a line of the header; false where it is too much.
    ///
    /// A status line begins anew: what stood before belonged to an interim answer (RFC 9110 section 15.2). Trailer
    /// fields are taken as header fields.
    mutating func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
        headerSize += line.count
        guard headerSize <= Self.headerLimit else {
            passedLimit = Self.headerLimit
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            headers = []
            body = []
            isHeaderComplete = false
        } else if text == "\r\n" || text == "\n" {
            isHeaderComplete = true
        } else if let field = Self.field(text) {
            headers.append(field)
        }
        return true
    }

    private static func field(_ line: String) -> HTTPHeader? {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = line.utf8[..<colon]
        guard !name.isEmpty, !name.contains(where: isBlank) else { return nil }
        var value = line.utf8[line.utf8.index(after: colon)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        return HTTPHeader(String(Substring(name)), String(Substring(value)))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
