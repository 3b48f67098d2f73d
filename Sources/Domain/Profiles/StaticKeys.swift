/// Static keys in AWS's credentials file, which SDKs prefer to a profile's `credential_process`.
///
/// Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers"; botocore's chain asks the credentials
/// file before the process.
package enum StaticKeys {
    /// The names of the profiles that have an access key in a credentials file.
    package static func profiles(_ bytes: [UInt8]) -> Set<String> {
        var found = Set<String>()
        var section: String?
        let key = Array("aws_access_key_id".utf8)
        for line in ConfigLines(bytes) {
            switch line.kind {
            // There a section is a profile by its bare name.
            case .header(let name): section = String(decoding: bytes[name], as: UTF8.self)
            case .setting(let name, let value):
                guard let section, !value.isEmpty,
                    bytes[name].elementsEqual(key, by: { ConfigByte.lowercased($0) == $1 })
                else { continue }
                found.insert(section)
            case .malformed(.headerWithoutEnd, _), .malformed(.headerWithoutName, _): section = nil
            case .blank, .comment, .continuation, .malformed: continue
            }
        }
        return found
    }

    /// What to say of profiles of ours that have static keys in the file at that path; nil where none has.
    package static func warning(_ profiles: [String], path: String) -> String? {
        guard !profiles.isEmpty else { return nil }
        let names = profiles.map { "\"\(PrintableText.line($0))\"" }
        let subject =
            names.count == 1
            ? "profile \(names[0]) has static keys"
            : "profiles \(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? " and \(names.count - 5) more" : "") have static keys"
        return "\(subject) in \(PrintableText.line(path)), which AWS SDKs take before its credential_process. "
            + "Remove them there if that is not meant."
    }
}
