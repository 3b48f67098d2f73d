#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Small files of others that are read whole.
package enum TextFile {
    /// The text of a file; nil where it can't be read, is no UTF-8, or is larger than that.
    package static func text(_ path: String, limit: Int = 1 << 20) -> String? {
        guard let descriptor = try? Posix.open(path, O_RDONLY | O_NONBLOCK) else { return nil }
        defer { close(descriptor) }
        return (try? Posix.readAll(descriptor, path, limit: limit)).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The first line of a file, without blanks around it; nil where there is none.
    package static func line(_ path: String) -> String? {
        guard let first = text(path)?.split(whereSeparator: \.isNewline).first else { return nil }
        let blank = { (character: Character) in character == " " || character == "\t" }
        var line = first.drop(while: blank)
        while let last = line.last, blank(last) { line.removeLast() }
        return line.isEmpty ? nil : String(line)
    }
}
