import Application
import Domain
import HTTPTypes
import NIOCore

extension ConfigResponder {
    /// The whole AWS config file of a person, with `?region=` and `?role=` for the default ones.
    func configText(_ request: HTTPRequest) async -> Outcome {
        let query = Self.query(request) ?? []
        let value = { (name: String) in query.last { $0.name == name && !$0.value.isEmpty }?.value }
        guard let region = value("region").map({ try? AWSRegion($0) }) ?? .usual else {
            return Self.text("What region= names is no AWS region.", .badRequest, route: "/config")
        }
        let role = value("role")
        return await answering(request, route: "/config") { answer in
            if let text = rendered.configAtHand(answer, region: region, defaultRole: role) { return Self.config(text) }
            let rendered = rendered
            let written = await texts.write(for: answer.subject) { () -> Result<ByteBuffer, NoConfigText> in
                Result { () throws(NoConfigText) in
                    try rendered.config(answer, region: region, defaultRole: role)
                }
            }
            switch written {
            case .success(let text): return Self.config(text)
            case .failure(let problem): return Self.noConfig(problem)
            case nil:
                var outcome = Self.text(
                    "Too many config files are being written: try again later.", .serviceUnavailable, route: "/config")
                outcome.fields[.retryAfter] = "1"
                outcome.reason = "too many config files are being written, for this person or for all"
                return outcome
            }
        }
    }

    /// No config file is an error: whoever redirects what is sent must not be left with an empty one.
    private static func noConfig(_ problem: NoConfigText) -> Outcome {
        let sentence = "\(problem)"
        var outcome =
            switch problem {
            case .noRoles: text(sentence, .notFound, route: "/config")
            case .clashes: text(sentence, .conflict, route: "/config")
            case .unwritable: text("Your roles make no config file.", .internalServerError, route: "/config")
            }
        outcome.reason = sentence
        return outcome
    }

    private static func config(_ text: ByteBuffer) -> Outcome {
        var outcome = Outcome(status: .ok, body: text, route: "/config")
        outcome.fields[.contentType] = "text/plain; charset=utf-8"
        return outcome
    }
}
