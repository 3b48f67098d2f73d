extension ConfigDocument {
    /// The file with these changes, and every other byte as it was.
    ///
    /// New lines end as the lines around them do, and are indented alike. A file that ended without a line end gets one
    /// where something comes after it. A new profile goes to the end, parted by a blank line. A value takes the place of
    /// the old one; a comment behind the old one, which botocore would read as part of the value, becomes a line of its
    /// own above. With a profile go the comments between its settings, those that follow its last one up to a blank line,
    /// and the blank lines after it; comments above its header stay. To do the same twice is to do it once.
    ///
    /// - Throws: for a name that can't be written, for contradictions, and where a section would change that isn't meant.
    package func applying(_ edits: [ConfigEdit]) throws(ConfigEditError) -> ConfigDocument {
        let plan = try ConfigEditPlan(edits)
        let found = Dictionary(uniqueKeysWithValues: sectionsByProfile.map { (NameBytes(sections[$0[0]].name), $0) })
        var splices: [ConfigSplice] = []
        var appended: [ConfigEditPlan.Entry] = []
        var (sectionCount, settingCount, line) = (sections.count, settings.count, Int.max)
        for entry in plan.entries {
            let places = found[NameBytes(Array(entry.profile.utf8)[...])] ?? []
            line = min(line, places.first.map { sections[$0].line } ?? .max)
            if entry.isRemoval {
                splices += places.map { ConfigSplice(range: extent(of: $0), text: []) }
                sectionCount -= places.count
                settingCount -= places.reduce(0) { $0 + sections[$1].settings.count }
            } else if let profile = profile(places) {
                settingCount += splice(entry.settings, into: profile, &splices)
            } else {
                guard ConfigGrammar.isName(entry.profile) else { throw .profile(entry.profile) }
                appended.append(entry)
                sectionCount += 1
                settingCount += entry.settings.count
            }
        }
        // Settings can't move from one section to another; but a header could become a part of the value above it.
        guard let edited = try? ConfigDocument(appending(appended, to: spliced(splices))),
            edited.sections.count == sectionCount, edited.settings.count == settingCount
        else { throw .indentation(line: line) }
        return edited
    }

    /// Puts the texts in the places of their ranges, which don't overlap; an insertion goes before what follows it.
    private func spliced(_ splices: [ConfigSplice]) -> [UInt8] {
        let ordered = splices.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + splices.reduce(0) { $0 + $1.text.count })
        var position = 0
        for splice in ordered {
            text += bytes[position..<splice.range.lowerBound]
            text += splice.text
            position = splice.range.upperBound
        }
        text += bytes[position...]
        return text
    }

    /// Puts new profiles at the end of a text.
    private func appending(_ profiles: [ConfigEditPlan.Entry], to text: [UInt8]) -> [UInt8] {
        var text = text
        let lineEnd = newLineEnd
        for profile in profiles {
            if let last = text.last, text != ConfigByte.byteOrderMark {
                if !ConfigByte.isLineEnd(last) { text += lineEnd }
                if !Self.endsWithBlankLine(text) { text += lineEnd }
            }
            text += (profile.profile == "default" ? "[default]" : "[profile \(profile.profile)]").utf8
            text += lineEnd
            for setting in profile.settings {
                text += setting.key.utf8
                text += " = ".utf8
                text += setting.value.utf8
                text += lineEnd
            }
        }
        return text
    }

    private static func endsWithBlankLine(_ text: [UInt8]) -> Bool {
        var end = text.endIndex
        if end > 0, text[end - 1] == ConfigByte.lineFeed { end -= 1 }
        if end > 0, text[end - 1] == ConfigByte.carriageReturn { end -= 1 }
        let line = text[..<end].lazy.reversed().prefix { !ConfigByte.isLineEnd($0) }
        return line.allSatisfy(ConfigByte.isBlank)
    }
}
