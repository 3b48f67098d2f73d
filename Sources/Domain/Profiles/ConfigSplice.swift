/// A range of the file's bytes, and what is to stand there.
struct ConfigSplice {
    let range: Range<Int>
    let text: [UInt8]
}

extension ConfigDocument {
    /// Adds what gives a profile these settings; tells how many of them it did not have.
    func splice(_ assignments: [ConfigAssignment], into profile: ConfigProfile, _ splices: inout [ConfigSplice]) -> Int
    {
        var missing: [ConfigAssignment] = []
        for assignment in assignments {
            guard let place = profile.place(of: assignment.key.utf8) else {
                missing.append(assignment)
                continue
            }
            if text(of: place) != assignment.value {
                splices.append(
                    ConfigSplice(range: place.start..<place.end, text: text(of: place, with: assignment.value)))
            }
        }
        if !missing.isEmpty, let section = profile.sections.last { splices.append(insertion(of: missing, in: section)) }
        return missing.count
    }

    /// New lines behind a section's last setting, indented as that is.
    private func insertion(of assignments: [ConfigAssignment], in index: Int) -> ConfigSplice {
        let last = settings[sections[index].settings].last
        let place = last?.end ?? sections[index].headerEnd
        // Right below a header a line is indented as the next header is, which would be taken for more of its value otherwise.
        let next = index + 1 < sections.count ? sections[index + 1].start : bytes.count
        let indentation =
            last.map { bytes[$0.start..<$0.key.lowerBound] } ?? bytes[next...].prefix(while: ConfigByte.isBlank)
        let lineEnd = lineEnd(before: place)
        var text = lineEnd.isEmpty ? newLineEnd : []
        for assignment in assignments {
            text += indentation
            text += Array("\(assignment.key) = \(assignment.value)".utf8)
            text += lineEnd.isEmpty ? newLineEnd : lineEnd
        }
        return ConfigSplice(range: place..<place, text: text)
    }

    /// The lines of a setting with another value.
    private func text(of place: SettingPlace, with value: String) -> [UInt8] {
        let (content, _) = ConfigLines.line(bytes, at: place.start)
        let lineEnd = lineEnd(before: place.lineEnd)
        let comment = ConfigLines.trimmed(bytes, place.value.upperBound..<content.upperBound)
        var text: [UInt8] = []
        if !comment.isEmpty {
            text += bytes[place.start..<place.key.lowerBound]
            text += bytes[comment]
            text += lineEnd.isEmpty ? newLineEnd : lineEnd
        }
        text += bytes[place.start..<place.value.lowerBound]
        // `key =` was all there was: a blank before the sign calls for one behind it.
        let sign = place.value.lowerBound - 1
        if !value.isEmpty, ConfigByte.parts(bytes[sign]), ConfigByte.isBlank(bytes[sign - 1]) { text.append(0x20) }
        text += Array(value.utf8)
        text += lineEnd
        forEachLine(place.lineEnd..<place.end) { content, line in
            if content.first.map({ ConfigByte.opensComment(bytes[$0]) }) ?? true { text += bytes[line] }
        }
        // The last line of a file keeps its bare end.
        if self.lineEnd(before: place.end).isEmpty { text.removeLast(lineEnd.count) }
        return text
    }

    /// A section's own lines: to its last setting, comments that follow it up to a blank line, and the blank lines after that.
    func extent(of index: Int) -> Range<Int> {
        let section = sections[index]
        let next = index + 1 < sections.count ? sections[index + 1].start : bytes.count
        let last = settings[section.settings].last?.end ?? section.headerEnd
        var (position, isBehindBlank) = (last, false)
        var afterComments = last
        while position < next {
            let (content, end) = ConfigLines.line(bytes, at: position)
            if content.isEmpty {
                isBehindBlank = true
                afterComments = end
            } else if isBehindBlank {
                break
            }
            position = end
        }
        // Comments that end the file are its own too; those right above the next header are that one's.
        let end = !isBehindBlank && next == bytes.count ? next : afterComments
        return section.start..<end
    }

    /// The line end before this place; empty where the line before it has none.
    func lineEnd(before place: Int) -> [UInt8] {
        let isPair =
            place > 1 && bytes[place - 1] == ConfigByte.lineFeed && bytes[place - 2] == ConfigByte.carriageReturn
        if isPair { return [ConfigByte.carriageReturn, ConfigByte.lineFeed] }
        guard place > 0, ConfigByte.isLineEnd(bytes[place - 1]) else { return [] }
        return [bytes[place - 1]]
    }

    /// How a new line ends: as the file's first does.
    var newLineEnd: [UInt8] {
        guard !bytes.isEmpty else { return [ConfigByte.lineFeed] }
        let first = lineEnd(before: ConfigLines.line(bytes, at: 0).end)
        return first.isEmpty ? [ConfigByte.lineFeed] : first
    }
}
