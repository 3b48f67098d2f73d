import Domain
import Testing

@Suite("One setting of the shared config file")
struct ProfileSettingTests {
    static let texts: [(String, String, String?)] = [
        ("default", "[default]\nregion = eu-west-1\n", "eu-west-1"),
        ("default", "[default]\r\nregion=eu-west-1\r\n", "eu-west-1"),
        ("default", "[profile default]\nregion=a\n[default]\nregion=b\n", "a"),
        ("default", "[default]\nregion=b\n[profile default]\noutput=json\n", nil),
        ("dev", "[profile dev]\n\tregion=a\n[profile \"dev\"]\n  region = b\n  c=d\n", "b"),
        ("dev", "[profile dev]\nregion=a\n  more\n", nil),
        ("dev", "[profile dev]\nno setting\nregion=a\n[ ]\nregion=b\n", "a"),
        ("dev", "[profile dev]\nREGION = us-east-2 # here\n", "us-east-2"),
        ("dev", "[profile\tdev]\nregion = x#y\n", "x#y"),
        ("dev", "[ profile dev ]\nregion = a\nregion = b\n", "b"),
        ("dev", "[profile dev]\noutput = json\n[profile other]\nregion = z\n", nil),
        ("dev", "[dev]\nregion = z\n", nil),
        ("dev", "[profile dev]\ns3 =\n  region = nested\n", nil),
        ("dev", "[profile dev]\n# region = a\n;region = b\n", nil),
        ("dev", "[profile dev]\nregion =\n", nil),
        ("dev", "[sso-session dev]\nregion = z\n", nil),
        ("dev", "region = z\n", nil),
        ("dev", "[profile dev\nregion = z\n", nil),
    ]

    @Test("A profile's value is found by the SDKs' rules", arguments: texts)
    func values(profile: String, text: String, expected: String?) {
        #expect(ProfileSetting.value(of: "region", inProfile: profile, Array(text.utf8)) == expected)
    }

    @Test("AWS_PROFILE goes before AWS_DEFAULT_PROFILE, and default is what is left")
    func profiles() {
        let both = ["AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"]
        #expect(ProfileSetting.profile { both[$0] } == "a")
        #expect(ProfileSetting.profile { ["AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "b"][$0] } == "b")
        #expect(ProfileSetting.profile { _ in nil } == "default")
    }
}
