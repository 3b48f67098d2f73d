#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TokenFiles {
    /// Removes what processes that died have left half written; it may fail without a word.
    func clean() {
        for left in (try? Posix.names(in: folder.path)) ?? [] {
            guard let owner = [name, lockName].first(where: { left.hasPrefix($0 + ".") }) else { continue }
            let parts = left.dropFirst(owner.count).split(separator: ".")
            guard let mark = parts.firstIndex(of: "new"), parts.count == mark + 4, let pid = Int32(parts[mark + 2])
            else { continue }
            let isHere = parts[mark + 1] == ProcessTable.place
            if isHere ? ProcessIdentity.of(pid: pid) == nil : isOld(left) { try? Posix.remove(folder.file(left)) }
        }
    }

    /// Whether no process of another host or container, of which nothing is known here, can be about to use that file.
    private func isOld(_ left: String) -> Bool {
        var status = stat()
        let day = 86_400.0
        return lstat(folder.file(left), &status) == 0 && Double(time(nil)) - status.modifiedAt > day
    }
}
