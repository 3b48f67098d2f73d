import Domain
import Testing

@Suite("The marker of a token folder")
struct TokenCacheMarkerTests {
    @Test("What is written is what is read", arguments: TokenCacheMarker.Kind.allCases)
    func roundTrip(kind: TokenCacheMarker.Kind) {
        #expect(TokenCacheMarker(bytes: Array(TokenCacheMarker.text(kind).utf8)) == .known(kind))
    }

    @Test("The text is what other versions rely on")
    func text() {
        #expect(TokenCacheMarker.text(.nfs) == "aws-oidc nfs 1\n")
        #expect(TokenCacheMarker.text(.file) == "aws-oidc file 1\n")
    }

    @Test(
        "Anything else is not known, and kept as one line",
        arguments: [
            ("aws-oidc nfs 2\n", "aws-oidc nfs 2"), ("", ""), ("\n", ""),
            ("aws-oidc nfs 1", "aws-oidc nfs 1"),
            ("aws-oidc nfs 1\n\n", "aws-oidc nfs 1 "), ("aws-oidc sqlite 1\n", "aws-oidc sqlite 1"),
            ("\u{1b}[2Ja\nb", " [2Ja b"), ("AWS-OIDC NFS 1\n", "AWS-OIDC NFS 1"),
        ])
    func unknown(text: String, line: String) {
        #expect(TokenCacheMarker(bytes: Array(text.utf8)) == .unknown(line))
    }

    @Test(
        "A folder gets one where hosts may share it, and none where it is as it always was",
        arguments: [
            (TokenCacheChoice.file, false, TokenCacheMarker.Kind?.none), (.file, true, .file),
            (.nfs(path: nil), false, .nfs), (.nfs(path: "/a"), true, .nfs), (.sqlite(path: nil), true, nil),
            (.sqlite(path: "/a/b"), false, nil),
        ])
    func due(choice: TokenCacheChoice, isNetwork: Bool, kind: TokenCacheMarker.Kind?) {
        #expect(TokenCacheMarker.due(for: choice, isNetwork: isNetwork) == kind)
    }
}
