import Ports

/// How somebody wants to sign in who may find a sign-in under way that was begun otherwise.
package struct SignInWish: Sendable {
    private let usesDeviceGrant: Bool
    private let callbackPort: Int?
    /// For how many seconds they wait for a person.
    let patience: Double

    /// The wish of these flags.
    package init(usesDeviceGrant: Bool = false, callbackPort: Int? = nil, patience: Double = .infinity) {
        self.usesDeviceGrant = usesDeviceGrant
        self.callbackPort = callbackPort
        self.patience = patience
    }

    /// The flag that a sign-in which others began does not follow; nil where it follows all.
    func unheeded(by prompt: SignInPrompt) -> String? {
        switch prompt.way {
        case .browser(let redirectURI, _):
            if usesDeviceGrant { return "--device-code-flow" }
            return callbackPort.flatMap { redirectURI.hasSuffix(":\($0)") ? nil : "--callback-port" }
        case .device:
            return callbackPort != nil ? "--callback-port" : nil
        }
    }
}
