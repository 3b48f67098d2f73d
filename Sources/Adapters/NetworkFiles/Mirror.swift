import Domain
import Ports

extension SharedKey {
    /// Leaves a record to the other tool too, in its own file; it may fail without a word.
    func mirror(_ record: SharedRecord) {
        do throws(SharedFolderFailure) {
            // The temporary file first, then the look: whoever has cleaned up behind this record has removed the file too.
            let file = try makeFile(for: record.generation, room: record.body.count)
            defer { file.discard() }
            try file.fill(record.body)
            let before = try look()
            guard before.highest == record.generation, before.foreign == nil else { return }
            try folder.rename(file.name, to: name)
            // One that came too late must not bring back what was removed.
            if try look().isRemoved { try folder.remove(name) }
        } catch {}
    }
}
