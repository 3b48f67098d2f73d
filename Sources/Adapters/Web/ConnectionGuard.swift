import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Sees to it that no connection costs more than it is worth: each has so many seconds for a request and its answer.
///
/// Time begins with the connection, and anew with each request's head and each answer's end. So a client that sends a
/// byte a second, one that reads none, and one that never ends its body all come to an end.
///
/// All of it runs on the connection's event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How patient it is.
    struct Limits: Sendable {
        /// Until the first request's head is there, TLS handshake included.
        var head = TimeAmount.seconds(15)
        /// Between an answer and the next request's head.
        var idle = TimeAmount.seconds(75)
        /// From a request's head to the last byte of its answer.
        var exchange = TimeAmount.seconds(60)
        /// After an answer to a head that was too large, while what the client still sends is thrown away.
        var linger = TimeAmount.seconds(10)
        /// Bytes of a request's body, which nobody here reads.
        var body = 64 << 10
    }

    private let limits: Limits
    private let onRefusal: @Sendable (Refusal, SocketAddress?) -> HTTPFields
    /// When its time is over.
    private var end = NIODeadline.distantFuture
    private var timer: (task: Scheduled<Void>, due: NIODeadline)?
    /// When the end of the last answer has left.
    private var lastEnd: EventLoopFuture<Void>?
    private var underWay = 0
    private var bodyBytes = 0
    private var isOver = false
    private var isMalformed = false
    private let rules = HTTP1Rules()

    /// Why a request is answered before it is one.
    enum Refusal: Sendable, Hashable {
        /// Its head is too large.
        case oversized
        /// It is no HTTP/1 request; what the parser says.
        case malformed(String)
    }

    /// A guard with those limits; a head that is too large is answered 401 with the fields that come for it.
    ///
    /// What is malformed is told, and answered 400 by whoever reads after us, when all before it is answered.
    init(_ limits: Limits, onRefusal: @escaping @Sendable (Refusal, SocketAddress?) -> HTTPFields) {
        self.limits = limits
        self.onRefusal = onRefusal
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let codec = try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self).handler
            try pipeline.addHandler(rules, position: .before(codec))
        } catch {
            // Without its rules no request is answered.
            return close(context)
        }
        allow(limits.head, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head:
            underWay += 1
            bodyBytes = 0
            allow(limits.exchange, context)
        case .body(let piece):
            bodyBytes += piece.readableBytes
            guard bodyBytes <= limits.body else { return close(context) }
        case .end: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        lastEnd = written.futureResult
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written.futureResult.whenSuccess {
            let (me, context) = bound.value
            me.underWay -= 1
            if me.underWay == 0, !me.isOver { me.allow(me.limits.idle, context) }
        }
        context.write(data, promise: written)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input, let lastEnd else { return context.close(mode: mode, promise: promise) }
        // What is written is an answer that its client has not got as a whole yet.
        lastEnd.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: promise) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The rest of a head that was too large is an error in each piece that comes, and is thrown away.
        guard !isOver else { return }
        // Behind the last request of a connection nothing is looked at (RFC 9112 section 9.6).
        if error as? HTTPParserError == .closedConnection { return }
        guard underWay == 0, case .headerOverflow? = error as? HTTPParserError else {
            // Where a client has gone in the middle, there is nobody to be refused.
            if let error = error as? HTTPParserError, error != .invalidEOFState, !isMalformed {
                isMalformed = true
                let reason = rules.isOver ? "its Host field is missing, wrong or one of several" : "\(error)"
                _ = onRefusal(.malformed(reason), context.remoteAddress)
            }
            return context.fireErrorCaught(error)
        }
        // The largest head is that of a token that can't be one: it is refused as such, and what else the client sends
        // is read for a moment, or it would never see the answer.
        isOver = true
        let head = HTTPResponse(status: .unauthorized, headerFields: onRefusal(.oversized, context.remoteAddress))
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
        allow(limits.linger, context)
    }

    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        end = context.eventLoop.now + time
        // A timer that goes off too early looks again, which costs less than to set one twice a request.
        if let timer, timer.due <= end { return }
        timer?.task.cancel()
        setTimer(context)
    }

    private func setTimer(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: end) {
            let (me, context) = bound.value
            me.timer = nil
            if context.eventLoop.now < me.end { me.setTimer(context) } else { me.close(context) }
        }
        timer = (task, end)
    }

    private func close(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(promise: nil)
    }
}
