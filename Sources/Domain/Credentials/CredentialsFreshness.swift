/// When cached credentials are good enough, and when they are renewed.
///
/// botocore asks again in the last 15 minutes of what it was given (its advisory refresh), so what is handed out should have
/// more than that left.
package enum CredentialsFreshness {
    /// How long before their end credentials stop being handed out at all, in seconds.
    package static let lastMoment: Int64 = 60
    /// How long a renewal that failed is not tried again, in seconds.
    package static let pauseAfterFailure: Int64 = 60

    /// How long STS lets credentials live at most, with a minute for clocks that differ, in seconds.
    private static let longestLife: Int64 = 43_260

    /// From when on credentials that were got at `now` are renewed: 15 minutes before their end, or a quarter of their life, the smaller.
    ///
    /// Their end is STS's word, by its clock; by this host's they can't live longer than was asked for.
    package static func renewAfter(gotAt now: Timestamp, expiry: Timestamp, asked: SessionDuration) -> Timestamp {
        let end = min(expiry, now + Int64(asked.seconds))
        return end - min(900, max(0, end.since(now)) / 4)
    }

    /// How long credentials must still live for a caller that can't ask again, in seconds: three quarters of what was asked for.
    ///
    /// An SDK that runs `creds-process` asks again before their end; a program that has them in its environment never does.
    package static func leastLife(asked: SessionDuration) -> Int64 { Int64(asked.seconds) * 3 / 4 }

    /// Whether credentials may still be handed out when they can't be renewed.
    package static func isLive(expiry: Timestamp, at now: Timestamp) -> Bool {
        let left = expiry.since(now)
        // What seems to live longer than STS gives was made under another clock than this one.
        return left > lastMoment && left <= longestLife
    }
}
