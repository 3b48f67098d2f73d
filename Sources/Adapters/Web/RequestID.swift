import HTTPTypes
import Locking

/// By what an answer and its line in the access log are found again.
enum RequestID {
    /// The id that a proxy gave the request, if it is one, else one of our own.
    static func of(_ request: HTTPRequest) -> String {
        if let given = request.headerFields[.requestID], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy(isVisible)
        {
            return given
        }
        let number = lastNumber.with { number in
            number &+= 0x9E37_79B9_7F4A_7C15
            return number
        }
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Whether it is visible, ASCII, and no quote, for whoever searches the log.
    private static func isVisible(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "\\"): false
        default: (0x21...0x7E).contains(byte)
        }
    }
}

/// No two requests have the same within 2^64: they differ by an odd number, from a random beginning.
private let lastNumber = Guarded(UInt64.random(in: .min ... .max))
