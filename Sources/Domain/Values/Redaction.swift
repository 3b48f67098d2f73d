/// Takes a token out of a text that the other side wrote: servers quote what they do not accept, whole or cut.
package enum Redaction {
    /// The text with each run of a token's characters that is the token, or 16 characters or more out of it, as `<redacted>`.
    package static func text(_ text: String, without token: Secret) -> String {
        let secret = Array(token.revealed.utf8)
        guard !secret.isEmpty else { return text }
        let odd = Set(secret.filter { !Base64URL.isTokenByte($0) && $0 > UInt8(ascii: " ") })
        var result: [UInt8] = []
        // Wherever it stands, a long one is no coincidence.
        var rest = (secret.count < shortestPiece ? Array(text.utf8) : bytes(of: text, withoutWhole: secret))[...]
        while let byte = rest.first {
            let run = rest.prefix { Base64URL.isTokenByte($0) || odd.contains($0) }
            if run.isEmpty {
                result.append(byte)
                rest = rest.dropFirst()
                continue
            }
            result += isPart(trimmed(run), of: secret) ? mark : Array(run)
            rest = rest.dropFirst(run.count)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let shortestPiece = 16
    private static let mark = Array(Secret("").description.utf8)

    private static func bytes(of text: String, withoutWhole secret: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            let isSecret = byte == secret[0] && rest.starts(with: secret)
            result += isSecret ? mark : [byte]
            rest = rest.dropFirst(isSecret ? secret.count : 1)
        }
        return result
    }

    /// A full stop or an ellipsis that ends a sentence is no part of a token.
    private static func trimmed(_ run: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var run = run
        while run.last == UInt8(ascii: ".") { run = run.dropLast() }
        return run
    }

    private static func isPart(_ run: ArraySlice<UInt8>, of secret: [UInt8]) -> Bool {
        if run.elementsEqual(secret) { return true }
        guard run.count >= shortestPiece, run.count <= secret.count else { return false }
        return (0...(secret.count - run.count)).contains { secret[$0...].starts(with: run) }
    }
}
