import Domain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A trust policy as IAM sends it: JSON, percent-encoded (API_Role).
enum PolicyDecoding {
    /// Policies are 2,048 characters long, 4,096 at most; encoded, three times that.
    private static let limit = 1 << 16

    /// The policy in a document.
    static func policy(_ document: String) throws(MalformedPolicy) -> TrustPolicy {
        guard document.utf8.count <= limit else { throw MalformedPolicy("is larger than any of IAM's") }
        let isPlain = document.utf8.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
        guard let text = isPlain ? document : PercentEncoding.decode(document) else {
            throw MalformedPolicy("is not percent-encoded as IAM does it")
        }
        do {
            return try JSONDecoder().decode(Document.self, from: Data(text.utf8)).policy
        } catch let problem as MalformedPolicy {
            throw problem
        } catch DecodingError.keyNotFound(let key, _) {
            throw MalformedPolicy("has no \(key.stringValue)")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            // The whole of it is null, a list or a number.
            guard !context.codingPath.isEmpty else { throw MalformedPolicy("is no JSON object") }
            let place = context.codingPath.filter { $0.intValue == nil }.map(\.stringValue).joined(separator: ".")
            throw MalformedPolicy("has something else than IAM knows in \(PrintableText.line(place))")
        } catch {
            throw MalformedPolicy("is no JSON")
        }
    }

    private struct Document: Decodable {
        let policy: TrustPolicy

        enum CodingKeys: String, CodingKey {
            case version = "Version"
            case statement = "Statement"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let version = try container.decodeIfPresent(String.self, forKey: .version)
            let statements = try container.decode(OneOrMany<Statement>.self, forKey: .statement).values
            policy = TrustPolicy(hasVariables: version == "2012-10-17", statements.map(\.statement))
        }
    }

    private struct Statement: Decodable {
        let statement: TrustPolicy.Statement

        private static let known: Set = [
            "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition",
        ]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: AnyName.self)
            let effectText = try container.decode(String.self, forKey: AnyName("Effect"))
            guard let effect = TrustPolicy.Effect(rawValue: effectText) else {
                throw MalformedPolicy("has the Effect \"\(PrintableText.line(effectText))\", which is none")
            }
            let actions: TrustPolicy.Actions
            if let listed = try container.decodeIfPresent(OneOrMany<String>.self, forKey: AnyName("Action")) {
                guard !container.contains(AnyName("NotAction")) else {
                    throw MalformedPolicy("has Action and NotAction in one statement")
                }
                actions = .listed(listed.values)
            } else {
                actions = .allBut(try container.decode(OneOrMany<String>.self, forKey: AnyName("NotAction")).values)
            }
            statement = TrustPolicy.Statement(
                effect, try Self.principal(container), actions, conditions: try Self.conditions(container),
                unknownElements: container.allKeys.map(\.stringValue).filter { !Self.known.contains($0) }.sorted())
        }

        private static func principal(_ container: KeyedDecodingContainer<AnyName>) throws -> TrustPolicy.Principal {
            if container.contains(AnyName("NotPrincipal")) { return .everyoneBut }
            if let text = try? container.decode(String.self, forKey: AnyName("Principal")) {
                guard text == "*" else { throw MalformedPolicy("has a Principal that is a text, but not *") }
                return .everyone
            }
            return .listed(
                try container.decode([String: OneOrMany<String>].self, forKey: AnyName("Principal"))
                    .mapValues(\.values))
        }

        private static func conditions(_ container: KeyedDecodingContainer<AnyName>) throws -> [TrustPolicy.Condition] {
            let block = try container.decodeIfPresent(
                [String: [String: OneOrMany<Scalar>]].self, forKey: AnyName("Condition"))
            return (block ?? [:]).sorted { $0.key < $1.key }.flatMap { comparison, keys in
                keys.sorted { $0.key < $1.key }.map { key, values in
                    TrustPolicy.Condition(comparison, key, values.values.map(\.text))
                }
            }
        }
    }

    /// A value, or a list of them: IAM takes either.
    private struct OneOrMany<Value: Decodable>: Decodable {
        let values: [Value]

        init(from decoder: any Decoder) throws {
            guard var list = try? decoder.unkeyedContainer() else {
                values = [try decoder.singleValueContainer().decode(Value.self)]
                return
            }
            // One by one, so that an element that is wrong says itself what is wrong with it.
            var many: [Value] = []
            while !list.isAtEnd { many.append(try list.decode(Value.self)) }
            values = many
        }
    }

    /// A text, a truth or a number, as text.
    private struct Scalar: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let truth = try? container.decode(Bool.self) {
                text = truth ? "true" : "false"
            } else if let number = try? container.decode(Int64.self) {
                text = String(number)
            } else if let number = try? container.decode(Double.self) {
                text = String(number)
            } else {
                text = try container.decode(String.self)
            }
        }
    }

    private struct AnyName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
