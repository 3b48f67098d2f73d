/// Several changes, made one a profile.
struct ConfigEditPlan {
    /// What is to become of a profile.
    struct Entry {
        let profile: String
        let isRemoval: Bool
        /// Each key once.
        var settings: [ConfigAssignment]
    }

    /// In the order in which the profiles were named first.
    private(set) var entries: [Entry] = []

    init(_ edits: [ConfigEdit]) throws(ConfigEditError) {
        var places: [[UInt8]: Int] = [:]
        for edit in edits {
            let name = Array(edit.profile.utf8)
            let place = places[name] ?? entries.count
            switch edit {
            case .remove:
                if place < entries.count {
                    guard entries[place].isRemoval else { throw .contradiction(edit.profile) }
                } else {
                    entries.append(Entry(profile: edit.profile, isRemoval: true, settings: []))
                }
            case .set(_, let settings):
                if place == entries.count {
                    entries.append(Entry(profile: edit.profile, isRemoval: false, settings: []))
                }
                guard !entries[place].isRemoval else { throw .contradiction(edit.profile) }
                for setting in settings { entries[place].set(setting) }
            }
            places[name] = place
        }
    }
}

extension ConfigEditPlan.Entry {
    /// Adds a setting, or puts it in the place of the one of its key.
    fileprivate mutating func set(_ setting: ConfigAssignment) {
        let isSame = { (other: ConfigAssignment) in
            other.key.utf8.elementsEqual(setting.key.utf8) { ConfigByte.lowercased($0) == ConfigByte.lowercased($1) }
        }
        if let place = settings.firstIndex(where: isSame) {
            settings[place] = setting
        } else {
            settings.append(setting)
        }
    }
}
