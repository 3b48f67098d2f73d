import Domain
import Ports

/// An answer of the device authorization endpoint (RFC 8628 section 3.2).
enum DeviceAnswer {
    /// The authorization in it, or what it says instead.
    static func read(_ answer: HTTPResponse, from address: String) throws(IdentityProviderError) -> DeviceAuthorization
    {
        try TokenAnswer.refuse(answer, from: address, sent: [])
        let codes: Codes
        do throws(UnreadableJSON) {
            codes = try JSONReading.decode(Codes.self, from: answer.body)
        } catch {
            throw .unintelligible(address: address, reason: error.reason)
        }
        guard let life = codes.expiresIn.value, life > 0 else {
            throw .unintelligible(address: address, reason: "its expires_in is no time")
        }
        guard
            let place = [codes.completeAddress?.value, codes.address?.value, codes.googleAddress?.value]
                .compactMap({ $0 }).first(where: mayBeOpened)
        else { throw .unintelligible(address: address, reason: "it has no verification_uri that can be opened") }
        return DeviceAuthorization(
            deviceCode: Secret(codes.deviceCode), userCode: PrintableText.line(codes.userCode), address: place,
            life: life, interval: codes.interval?.value)
    }

    /// Whether it is a web address that a terminal may show as it is.
    private static func mayBeOpened(_ text: String) -> Bool {
        WebAddress(text) != nil && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private struct Codes: Decodable {
        let deviceCode: String
        let userCode: String
        let address: LenientText?
        let completeAddress: LenientText?
        /// Google's name for it.
        let googleAddress: LenientText?
        let expiresIn: LenientNumber
        let interval: LenientNumber?

        enum CodingKeys: String, CodingKey {
            case deviceCode = "device_code"
            case userCode = "user_code"
            case address = "verification_uri"
            case completeAddress = "verification_uri_complete"
            case googleAddress = "verification_url"
            case expiresIn = "expires_in"
            case interval
        }
    }
}
