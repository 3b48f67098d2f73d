import Domain
import NIOCore
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a TLS handshake failed, for the log.
enum HandshakeFailure {
    /// The reason, as far as an error tells.
    static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        guard case .handshakeFailed(let cause)? = error as? NIOSSLError else { return PrintableText.line("\(error)") }
        switch cause {
        case .sslError(let stack), .unknownError(let stack):
            return stack.first.map { words("\($0)") } ?? "nobody knows why"
        default: return PrintableText.line("\(cause)")
        }
    }

    /// Of the library's line the reason alone: `…:HTTP_REQUEST at FILE` is "http request".
    static func words(_ line: String) -> String {
        let text = line.firstRange(of: " at ").map { line[..<$0.lowerBound] } ?? line[...]
        let reason = text.split(separator: ":").last ?? text
        return PrintableText.line(
            reason.lowercased().map { $0 == "_" ? " " : String($0) }.joined()
                .split(separator: " ").joined(separator: " "))
    }
}

/// Notices that a client has sent something at all; then it has done its part, and leaves.
final class Greeting: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// Whether anything has come.
    private(set) var hasCome = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let isFirst = !hasCome
        hasCome = true
        context.fireChannelRead(data)
        if isFirst { context.pipeline.syncOperations.removeHandler(self, promise: nil) }
    }
}
