import NIOCore
import NIOHTTP1

/// What HTTP/1 asks of a request's head, and what gets lost once heads are those of any version of HTTP.
///
/// A head without the one Host field that there must be is refused as the parser refuses what is no HTTP (RFC 9112
/// section 3.2). After a request of HTTP/1.0 the connection ends: nobody told its client that it would not (section 9.3).
final class HTTP1Rules: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Whether a head came without its one Host field; all that follows is thrown away.
    private(set) var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        guard Self.isHostRight(head) else {
            isOver = true
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        guard Self.isBefore11(head) || Self.closes(head) else { return context.fireChannelRead(data) }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    private static func isHostRight(_ head: HTTPRequestHead) -> Bool {
        let hosts = head.headers["Host"]
        guard let host = hosts.first else { return isBefore11(head) }
        return hosts.count == 1 && host.utf8.allSatisfy(isHostByte)
    }

    /// Whether `close` is one of several connection options (RFC 9112 section 9.3).
    private static func closes(_ head: HTTPRequestHead) -> Bool {
        let options = head.headers[canonicalForm: "Connection"]
        return options.count > 1 && options.contains { $0.lowercased() == "close" }
    }

    private static func isBefore11(_ head: HTTPRequestHead) -> Bool {
        head.version.major < 1 || (head.version.major == 1 && head.version.minor < 1)
    }

    /// What may stand in `uri-host [":" port]` (RFC 3986 section 3.2.2).
    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x7E: !"\"#,/<>?@\\^`{|}".utf8.contains(byte)
        default: false
        }
    }
}
