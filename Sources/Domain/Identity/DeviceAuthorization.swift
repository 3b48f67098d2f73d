/// What a provider gives to a program that signs a person in on another device (RFC 8628 section 3.2).
package struct DeviceAuthorization: Sendable, Hashable {
    /// `device_code`: what the program asks with.
    package let deviceCode: Secret
    /// `user_code`: what the person enters.
    package let userCode: String
    /// Where the person enters it: `verification_uri_complete`, which has the code in it, else `verification_uri`.
    package let address: String
    /// `expires_in`: how long both codes are good, in seconds.
    package let life: Int64
    /// `interval`: how long to wait between two questions, in seconds; 5 where the provider does not say.
    package let interval: Int64

    /// An authorization with these members.
    package init(deviceCode: Secret, userCode: String, address: String, life: Int64, interval: Int64?) {
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.address = address
        self.life = life
        self.interval = max(1, interval ?? 5)
    }
}

/// How often a provider may be asked whether the person has done their part (RFC 8628 section 3.5).
package struct DevicePolling: Sendable, Hashable {
    /// What an answer means for the one who asks.
    package enum Step: Sendable, Hashable {
        /// To ask again, once the interval is over.
        case askAgain
        /// The person, or the provider in their place, said no.
        case denied
        /// The code is good no more.
        case expired
        /// Something else went wrong.
        case fail
    }

    /// How long to wait before the next question, in seconds.
    package private(set) var interval: Int64

    /// The longest interval that lost answers make, in seconds.
    private static let longest: Int64 = 60

    /// Polling that begins at that interval.
    package init(interval: Int64) {
        self.interval = interval
    }

    /// What to do after a refusal with that `error`; `slow_down` adds 5 s for this and all further questions.
    package mutating func next(after error: String) -> Step {
        switch error {
        case "authorization_pending": return .askAgain
        case "slow_down":
            interval += 5
            return .askAgain
        case "access_denied": return .denied
        case "expired_token": return .expired
        default: return .fail
        }
    }

    /// After a question that got no answer: back off exponentially.
    package mutating func nobodyAnswered() {
        interval = max(interval, min(2 * interval, Self.longest))
    }
}
