/// What a person is to do while a sign-in waits for them.
package struct SignInPrompt: Sendable, Hashable {
    /// How the sign-in learns what the person has done.
    package enum Way: Sendable, Hashable {
        /// A browser comes back to that redirect URI on this machine; it is open, or could not be opened for that reason.
        case browser(redirectURI: String, problem: String?)
        /// The provider is asked again and again (RFC 8628); the person enters this code, until that `TimeSource.uptime`.
        case device(userCode: String, deadline: Double)
    }

    /// The address to open.
    package let address: String
    /// How the sign-in goes on from there.
    package let way: Way

    /// What to do.
    package init(address: String, way: Way) {
        self.address = address
        self.way = way
    }
}
