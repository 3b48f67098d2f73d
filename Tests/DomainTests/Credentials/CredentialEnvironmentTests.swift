import Domain
import Testing

@Suite("The environment of a program with credentials") struct CredentialEnvironmentTests {
    private let credentials = AWSCredentials(
        accessKeyID: "ASIA1", secretAccessKey: Secret("key"), sessionToken: Secret("token"),
        expiry: Timestamp(seconds: 1_700_000_000))
    private let ours = [
        "AWS_ACCESS_KEY_ID=ASIA1", "AWS_SECRET_ACCESS_KEY=key", "AWS_SESSION_TOKEN=token",
        "AWS_CREDENTIAL_EXPIRATION=2023-11-14T22:13:20Z",
    ]

    private func entries(
        _ inherited: [String], region: String? = nil, output: String? = nil
    ) -> [String] {
        let variable = { (name: String) in
            inherited.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.utf8.count + 1)) }
        }
        return CredentialEnvironment(credentials, region: region, output: output, inherited: variable)
            .entries(inheriting: inherited.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("The credentials stand behind what was inherited, which stays as it is, in its order")
    func plain() {
        let inherited = ["PATH=/bin", "A=1=2", "AWSX=1", "AWS_ENDPOINT_URL=http://x", "odd", "A=again", "=C:=x"]
        #expect(entries(inherited) == inherited + ours)
    }

    @Test("Each variable of ours stands once, whatever stood there, however often")
    func once() {
        let stale = [
            "AWS_ACCESS_KEY_ID=AKIA", "AWS_SESSION_TOKEN=", "AWS_ACCESS_KEY_ID=twice", "AWS_CREDENTIAL_EXPIRATION=x",
        ]
        #expect(entries(stale + ["B=1"]) == ["B=1"] + ours)
    }

    @Test(
        "What speaks of other credentials goes",
        arguments: ["AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY", "AWS_SECRET_KEY"])
    func rivals(name: String) {
        #expect(entries(["\(name)=stale", "\(name)_X=1"]) == ["\(name)_X=1"] + ours)
    }

    @Test(
        "The profile's region is set only where no region variable stands, and none is ever changed",
        arguments: [
            ([], ["AWS_DEFAULT_REGION=eu-west-1"]),
            (["AWS_REGION=us-east-2"], ["AWS_REGION=us-east-2"]),
            (["AWS_DEFAULT_REGION=us-east-2"], ["AWS_DEFAULT_REGION=us-east-2"]),
            (["AWS_REGION=a", "AWS_DEFAULT_REGION=b"], ["AWS_REGION=a", "AWS_DEFAULT_REGION=b"]),
            (["AWS_DEFAULT_REGION="], ["AWS_DEFAULT_REGION=eu-west-1"]),
            (["AWS_REGION="], ["AWS_REGION=", "AWS_DEFAULT_REGION=eu-west-1"]),
        ])
    func region(inherited: [String], expected: [String]) {
        #expect(entries(inherited, region: "eu-west-1") == expected + ours)
    }

    @Test("The profile's output is set only where the environment has none; a profile without either sets nothing")
    func output() {
        #expect(entries([], output: "yaml") == ["AWS_DEFAULT_OUTPUT=yaml"] + ours)
        #expect(entries(["AWS_DEFAULT_OUTPUT=text"], output: "yaml") == ["AWS_DEFAULT_OUTPUT=text"] + ours)
        #expect(entries([], region: "", output: "") == ours)
    }

    @Test("Bytes that are no UTF-8 are passed on untouched")
    func bytes() {
        let odd: [UInt8] = Array("X=".utf8) + [0xFF, 0x80]
        let environment = CredentialEnvironment(credentials, region: nil, output: nil) { _ in nil }
        #expect(environment.entries(inheriting: [odd]).first == odd)
    }

    @Test(
        "A shell forgets what stands in it, but not the name of the profile that these credentials are of",
        arguments: [
            ([:], []),
            (["AWS_SECURITY_TOKEN": "x", "AWS_PROFILE": "dev"], ["AWS_SECURITY_TOKEN"]),
            (["AWS_PROFILE": "prod", "AWS_DEFAULT_PROFILE": "dev"], ["AWS_PROFILE"]),
            (["AWS_PROFILE": ""], []),
        ] as [([String: String], [String])])
    func forgetting(environment: [String: String], expected: [String]) {
        #expect(CredentialEnvironment.rivals(ofProfile: "dev") { environment[$0] } == expected)
    }
}
