import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Answers on the connection's event loop what needs nobody to be waited for: no task is made, no thread woken.
///
/// All else goes on to where answers may take their time, and so does what comes while such an answer is under way:
/// answers leave in the order of their requests.
final class AnswersAtOnce: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let responder: ConfigResponder
    private var connection: ConfigResponder.Connection?
    /// Requests that went on and have no answer yet.
    private var underWay = 0
    /// Those of them that wait for the ones before: nobody has begun them.
    private var waiting: [HTTPRequest] = []
    /// Whether the request that is being read has its answer.
    private var isAnswered = false
    /// How many bytes of bodies are written that are not sent yet; nil where nothing is.
    private var unsent: Int?
    /// When the last answer has left.
    private var lastLeft: EventLoopFuture<Void>?

    /// Answers by that responder.
    init(_ responder: ConfigResponder) {
        self.responder = responder
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let request) = unwrapInboundIn(data) {
            isAnswered = answer(request, context)
            if !isAnswered {
                if underWay > 0 { waiting.append(request) }
                underWay += 1
            }
        }
        if !isAnswered { context.fireChannelRead(data) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // The first of those under way is with whoever answers it, and who writes its line.
        let connection = connection ?? ConfigResponder.Connection(context.channel)
        for request in waiting { responder.tellLost(request, context: connection) }
        waiting = []
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // It may have the connection closed, and whoever does that knows nothing of these answers.
        send(context)
        guard let lastLeft else { return context.fireUserInboundEventTriggered(event) }
        lastLeft.assumeIsolated().whenComplete { _ in context.fireUserInboundEventTriggered(event) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // What is no HTTP has an answer too, and is no request.
        if case .end = unwrapOutboundIn(data) {
            underWay = max(0, underWay - 1)
            if !waiting.isEmpty { waiting.removeFirst() }
        }
        context.write(data, promise: promise)
    }

    /// Sends the answer if there is one at once; false where there is none.
    ///
    /// A client that does not read its answers is left to those who wait until it does.
    private func answer(_ request: HTTPRequest, _ context: ChannelHandlerContext) -> Bool {
        guard underWay == 0, request.isWithoutBody, request.leavesConnectionOpen, context.channel.isWritable
        else { return false }
        let connection = connection ?? ConfigResponder.Connection(context.channel)
        self.connection = connection
        guard let outcome = responder.respondAtOnce(to: request, context: connection) else { return false }
        let head = HTTPResponse(status: outcome.status, headerFields: outcome.fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method == .get { context.write(wrapOutboundOut(.body(outcome.body)), promise: nil) }
        let left = context.eventLoop.makePromise(of: Void.self)
        context.write(wrapOutboundOut(.end(nil)), promise: left)
        lastLeft = left.futureResult
        sendSoon(outcome.body.readableBytes, context)
        return true
    }

    /// Sends what is written as soon as the loop has read from all connections that have something: many answers then
    /// leave at once, and who reads them is woken once.
    ///
    /// Not until then where that is much: what is not sent is not seen by `isWritable`, under TLS least of all.
    private func sendSoon(_ count: Int, _ context: ChannelHandlerContext) {
        if let before = unsent {
            unsent = before + count
            if before + count > Self.most { send(context) }
            return
        }
        unsent = count
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (me, context) = bound.value
            me.send(context)
        }
    }

    private static let most = 64 << 10

    private func send(_ context: ChannelHandlerContext) {
        guard unsent != nil else { return }
        unsent = nil
        context.flush()
    }
}

extension HTTPRequest {
    /// Whether nothing of it comes after its head.
    fileprivate var isWithoutBody: Bool {
        (method == .get || method == .head) && headerFields[.contentLength] == nil
            && headerFields[.transferEncoding] == nil
    }

    fileprivate var leavesConnectionOpen: Bool {
        headerFields[.connection].map { $0.lowercased() == "keep-alive" } ?? true
    }
}
