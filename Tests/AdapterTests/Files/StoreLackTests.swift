import Foundation
import Ports
import Testing

@testable import Files
@testable import NetworkFiles

@Suite("What would let a store be written")
struct StoreLackTests {
    @Test(
        "goes by the system's code, whatever its words, also where another process has met with it",
        arguments: [
            (ENOSPC, "Make room"), (EDQUOT, "Make room"), (EROFS, "Make it writable"), (EACCES, "Make it writable"),
            (EPERM, "Make it writable"), (ENOTDIR, "Move it out of the way"), (EIO, "Mend that"),
        ])
    func remedy(code: Int32, words: String) throws {
        let errors = [
            FileFailure(path: "/tokens", code: code).whenWriting(),
            SharedFolderFailure.call(path: "/tokens", code: code, reason: "in words of its own").whenWriting,
        ]
        for error in errors {
            #expect(error.remedy == words)
            let sent = try JSONEncoder().encode(ServantAnswer.Failure(error))
            let arrived = try JSONDecoder().decode(ServantAnswer.Failure.self, from: sent).error
            #expect("\(arrived)" == "\(error)")
        }
    }
}
