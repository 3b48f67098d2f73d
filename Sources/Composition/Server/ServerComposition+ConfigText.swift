import Application
import Domain

extension ServerComposition {
    /// The AWS config file of a person, as `aws-oidc configure --print-only` would write it; nil where region or role are none.
    static func configText(_ answer: ConfigAnswer, region: String?, role: String?, issuer: Issuer) -> String? {
        nil
    }
}
