import Domain
import Testing

@Suite("Role ARNs") struct RoleARNTests {
    @Test(
        "An ARN of a role is taken apart",
        arguments: [
            ("arn:aws:iam::123456789012:role/Dev", Partition.aws, "123456789012", "Dev"),
            ("arn:aws:iam::000000000000:role/a/b/Dev+=,.@-_1", .aws, "000000000000", "Dev+=,.@-_1"),
            ("arn:aws-us-gov:iam::123456789012:role/x", .govCloud, "123456789012", "x"),
            ("arn:aws-iso-b:iam::123456789012:role/path:with\"'$/x", .isoB, "123456789012", "x"),
            (
                "arn:aws:iam::123456789012:role/" + String(repeating: "n", count: 64), .aws, "123456789012",
                String(repeating: "n", count: 64)
            ),
            ("arn:aws:iam::123456789012:role/" + String(repeating: "p", count: 510) + "/n", .aws, "123456789012", "n"),
        ])
    func parts(text: String, partition: Partition, account: String, name: String) throws {
        let arn = try RoleARN(text)
        #expect(arn.text == text)
        #expect(arn.partition == partition)
        #expect(arn.accountID == account)
        #expect(arn.roleName == name)
    }

    @Test(
        "A text that is no role ARN is refused",
        arguments: [
            "", "Dev", "arn:aws:iam::123456789012:user/Dev", "arn:aws:sts::123456789012:role/Dev",
            "ARN:aws:iam::123456789012:role/Dev", "arn:aws:iam:us-east-1:123456789012:role/Dev",
            "arn:aws:iam::12345678901:role/Dev", "arn:aws:iam::1234567890123:role/Dev",
            "arn:aws:iam::12345678901a:role/Dev", "arn:aws:iam::１２３４５６７８９０１２:role/Dev",
            "arn:aws-mars:iam::123456789012:role/Dev", "arn::iam::123456789012:role/Dev",
            "arn:aws:iam::123456789012:role/", "arn:aws:iam::123456789012:role/a/",
            "arn:aws:iam::123456789012:role//Dev", "arn:aws:iam::123456789012:role/De v",
            "arn:aws:iam::123456789012:role/Dev\n", "arn:aws:iam::123456789012:role/Dév",
            "arn:aws:iam::123456789012:role/D\"ev", "arn:aws:iam::123456789012:role/a b/Dev",
            "arn:aws:iam::123456789012:role/a\u{7F}/Dev", "arn:aws:iam::123456789012:role/a\u{301}/Dev",
            "arn:aws:iam::123456789012:role/\u{301}Dev", " arn:aws:iam::123456789012:role/Dev",
            "arn:aws:iam::123456789012:role/" + String(repeating: "n", count: 65),
            "arn:aws:iam::123456789012:role/" + String(repeating: "p", count: 511) + "/n",
        ])
    func refused(text: String) {
        #expect(throws: InvalidRoleARN.self) { try RoleARN(text) }
    }

    @Test(
        "A refusal says what is wrong in one line, and names the flag",
        arguments: [
            ("arn:aws-mars:iam::123456789012:role/Dev", "its partition is none that is known (aws, aws-us-gov"),
            ("arn:aws:iam::1:role/Dev", "12 digits"),
            ("x\n[profile evil]", "the role ARN \"x [profile evil]\" can't be used"),
        ])
    func sentence(text: String, part: String) {
        let error = #expect(throws: InvalidRoleARN.self) { try RoleARN(text) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains(part))
        #expect(sentence.hasSuffix("Correct --aws-role-arn."))
        #expect(!sentence.contains("\n"))
    }
}
