#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// JSON as this protocol has it.
enum JSONReading {
    /// The value in these bytes.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(UnreadableJSON) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw UnreadableJSON(reason: "\(place(context.codingPath)) has the wrong type")
        } catch DecodingError.keyNotFound(let key, _) {
            throw UnreadableJSON(reason: "it has no \(key.stringValue)")
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw UnreadableJSON(reason: "\(place(context.codingPath)) has a value that can't be right")
        } catch {
            throw UnreadableJSON(reason: "it is no JSON")
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.first.map { "its \($0.stringValue)" } ?? "it"
    }
}

/// Bytes that are not the JSON they should be.
struct UnreadableJSON: Error {
    /// What is wrong, in words that follow "…: ".
    let reason: String
}

/// A number, which some providers write as a string.
struct LenientNumber: Decodable {
    /// The whole part; nil where it is no number, or one that no time has.
    let value: Int64?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            value = Self.whole(number)
        } else {
            value = (try? container.decode(String.self)).flatMap(Double.init).flatMap(Self.whole)
        }
    }

    /// The number without its fraction; nil where it is beyond what times have (ten thousand years and more).
    static func whole(_ number: Double) -> Int64? {
        let rounded = number.rounded(.down)
        return abs(rounded) < 1e12 ? Int64(rounded) : nil
    }
}

/// A text, where what has another type counts as absent.
struct LenientText: Decodable {
    /// The text; nil where it is empty or has another type.
    let value: String?

    init(from decoder: any Decoder) throws {
        let text = try? decoder.singleValueContainer().decode(String.self)
        value = text.flatMap { $0.isEmpty ? nil : $0 }
    }
}
