import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOTLS

/// Sees to it that no connection costs more than it is worth: each has so many seconds for a request and its answer.
///
/// Time begins with the connection, and anew with each request's head and each answer's end. So a client that sends a
/// byte a second, one that reads none, and one that never ends its body all come to an end.
///
/// What has a whole and right head is a request, has its answer, and its line in the log: what is wrong with its body ends
/// the connection when that has left. Bytes that become no request are told of, once a connection.
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
        /// After the last answer of a connection that is to end, while what the client still sends is thrown away.
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
    private var isInBody = false
    private var bodyBytes = 0
    /// Whether all that comes is thrown away.
    private var isOver = false
    /// What is due once all answers have left, where the connection is to end then.
    private var last: Last?
    private var isTimeUp = false
    private var isRefused = false
    private let rules = HTTP1Rules()
    /// What tells whether the client has sent anything; nil without TLS, and once its handshake is complete.
    private var greeting: Greeting?
    private var peer: SocketAddress?

    /// Why bytes become no request.
    enum Refusal: Sendable, Hashable {
        /// The head is too large.
        case oversized
        /// It is no HTTP/1 request; what the parser says.
        case malformed(String)
        /// The connection ended before the head was whole.
        case cutOff
        /// Time was up before the head was whole.
        case late
        /// Its TLS handshake failed, and why.
        case noTLS(String)
    }

    private enum Last {
        case end
        case refusal(HTTPFields)
    }

    /// A guard with those limits; a head that is too large is answered 401 with the fields that come for it.
    ///
    /// What is malformed is answered 400 by whoever reads after us, when all before it is answered; the rest is told of only.
    init(
        _ limits: Limits, isTLS: Bool = false,
        onRefusal: @escaping @Sendable (Refusal, SocketAddress?) -> HTTPFields
    ) {
        greeting = isTLS ? Greeting() : nil
        self.limits = limits
        self.onRefusal = onRefusal
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let codec = try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self).handler
            try pipeline.addHandler(rules, position: .before(codec))
            if let greeting { try pipeline.addHandler(greeting, position: .first) }
        } catch {
            // Without its rules no request is answered.
            return close(context)
        }
        allow(limits.head, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        peer = context.remoteAddress
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if greeting != nil, case .handshakeCompleted? = event as? TLSUserEvent { greeting = nil }
        context.fireUserInboundEventTriggered(event)
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
            isInBody = true
            bodyBytes = 0
            allow(limits.exchange, context)
        case .body(let piece):
            bodyBytes += piece.readableBytes
            guard bodyBytes <= limits.body else { return endAfterAnswers(.end, context) }
        case .end: isInBody = false
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
            guard me.underWay == 0 else { return }
            if let last = me.last { return me.finish(last, context) }
            if !me.isOver { me.allow(me.limits.idle, context) }
        }
        context.write(data, promise: written)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input, let lastEnd else { return context.close(mode: mode, promise: promise) }
        // What is written is an answer that its client has not got as a whole yet.
        lastEnd.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: promise) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // What comes after a parser's error is one too.
            if isOver || isRefused { return }
            if isShakingHands { _ = refuse(.noTLS(HandshakeFailure.reason(error)), context) }
            return context.fireErrorCaught(error)
        }
        if isTimeUp {
            // The parser's last word: it held a head that was not whole.
            if error == .invalidEOFState, !isInBody, !isRefused { _ = refuse(.late, context) }
            return
        }
        // The rest of a head that was too large is an error in each piece that comes, and behind the last request of a
        // connection nothing is looked at (RFC 9112 section 9.6).
        if isOver || isRefused || error == .closedConnection { return }
        if isInBody { return endAfterAnswers(.end, context) }
        switch error {
        case .invalidEOFState: _ = refuse(.cutOff, context)
        case .headerOverflow:
            // The largest head is that of a token that can't be one: it is refused as such, and what else the client
            // sends is read for a moment, or it would never see the answer.
            endAfterAnswers(.refusal(refuse(.oversized, context)), context)
        default:
            let reason = rules.isOver ? "its Host field is missing, wrong or one of several" : "\(error)"
            _ = refuse(.malformed(reason), context)
            context.fireErrorCaught(error)
        }
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) -> HTTPFields {
        isRefused = true
        return onRefusal(refusal, context.remoteAddress ?? peer)
    }

    /// Whether a TLS handshake was begun and is not complete; who only connects, as a check of the port, begins none.
    private var isShakingHands: Bool { greeting?.hasCome ?? false }

    /// Looks at nothing any more, and ends the connection once all that was asked before has its answer.
    private func endAfterAnswers(_ last: Last, _ context: ChannelHandlerContext) {
        isOver = true
        self.last = last
        if underWay == 0 { finish(last, context) }
    }

    private func finish(_ last: Last, _ context: ChannelHandlerContext) {
        self.last = nil
        if case .refusal(let fields) = last {
            context.write(
                wrapOutboundOut(.head(HTTPResponse(status: .unauthorized, headerFields: fields))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
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
            guard context.eventLoop.now >= me.end else { return me.setTimer(context) }
            me.isTimeUp = !me.isOver && !me.isRefused
            if me.isTimeUp, me.isShakingHands {
                _ = me.refuse(.noTLS("it was not complete when its time was up"), context)
            }
            me.close(context)
        }
        timer = (task, end)
    }

    private func close(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(promise: nil)
    }
}
