/// Settings by which no STS endpoint can be found.
package enum InvalidSTSSettings: Error, Sendable, Hashable {
    /// A text that no region can have for its name.
    case region(String)
    /// A variable that must be true or false is neither.
    case flag(_ variable: String, String)
    /// A variable holds a text that is no address that can be posted to.
    case address(_ variable: String, String)
    /// A variable holds an http address of another machine.
    case insecure(_ variable: String, String)
    /// An address is configured, and also that it be of another kind.
    case conflict(_ variable: String, _ with: String)
    /// STS has no FIPS endpoint there.
    case noFIPS(Partition, region: String)
}

extension InvalidSTSSettings: CustomStringConvertible {
    package var description: String {
        switch self {
        case .region(let text):
            "\"\(PrintableText.line(text))\" is no AWS region: it has other characters than small letters, digits and hyphens. "
                + "Correct --region, AWS_REGION, AWS_DEFAULT_REGION or the profile's region."
        case .flag(let variable, let text):
            "\(variable) is \"\(PrintableText.line(text))\": set it to true or false."
        case .address(let variable, let text):
            "\(variable) is \"\(PrintableText.line(text))\", which is no address of an AWS service: "
                + "set it to one like https://sts.example.com, without user, query and fragment."
        case .insecure(let variable, let text):
            "\(variable) is \"\(PrintableText.line(text))\", over which the id_token would travel unprotected: "
                + "use https://; http is for localhost only."
        case .conflict(let variable, let other):
            "\(variable) and \(other) can't both hold: unset one, or set AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true."
        case .noFIPS(.aws, let region):
            "AWS STS has no FIPS endpoint in \(region): set AWS_REGION to us-east-1, us-east-2, us-west-1 or us-west-2, "
                + "or unset AWS_USE_FIPS_ENDPOINT."
        case .noFIPS(let partition, _):
            "AWS STS has no FIPS endpoint in the partition \(partition.rawValue): unset AWS_USE_FIPS_ENDPOINT."
        }
    }
}
