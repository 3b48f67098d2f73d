/// An exchange whose answer is looked at while it arrives: for servers that tell news over a long answer.
package protocol HTTPStreaming: Sendable {
    /// Sends the request, and hands over each piece of the answer's body as it comes, whatever the status.
    ///
    /// As `HTTPClient.send`, but that `bodyLimit` is not looked at, and the answer that is given in the end has no body.
    /// `receive` is called on one thread at a time, and must not block; where it answers false the exchange ends with
    /// `.cancelled`.
    func stream(_ request: HTTPRequest, receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) -> Bool)
        async throws(HTTPFailure) -> HTTPResponse
}
