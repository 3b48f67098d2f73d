import Domain
package import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Verdicts in private files of this host.
package struct FileVerdictBoard: VerdictBoard {
    private let files: HostFiles
    private let time: any TimeSource

    /// The board in these files.
    package init(files: HostFiles, time: any TimeSource) {
        self.files = files
        self.time = time
    }

    package func post(_ verdict: Verdict, on subject: String) {
        let posted = Posted(subject: subject, uptime: time.uptime(), sentence: verdict.description)
        if let bytes = try? JSONEncoder().encode(posted) { files.replace(Self.name(subject), with: Array(bytes)) }
    }

    package func verdict(on subject: String, since uptime: Double) -> Verdict? {
        guard let bytes = files.read(Self.name(subject)),
            let posted = try? JSONDecoder().decode(Posted.self, from: Data(bytes)), posted.subject == subject,
            // One from before the host started again is over.
            posted.uptime >= uptime, posted.uptime <= time.uptime()
        else { return nil }
        return Verdict(posted.sentence)
    }

    private static func name(_ subject: String) -> String { "verdict-" + FNV1a.hexadecimal(subject) }

    private struct Posted: Codable {
        var subject: String
        var uptime: Double
        var sentence: String
    }
}

/// What identity providers publish, in private files of this host.
package struct FileProviderDocumentCache: ProviderDocumentCache {
    private let files: HostFiles

    /// The cache in these files.
    package init(files: HostFiles) {
        self.files = files
    }

    package func document(at address: String) -> ProviderDocument? {
        guard let bytes = files.read(Self.name(address)),
            let kept = try? JSONDecoder().decode(Kept.self, from: Data(bytes)), kept.address == address
        else { return nil }
        return ProviderDocument(
            address: kept.address, body: Array(kept.body.utf8), fetchedAt: Timestamp(seconds: kept.fetchedAt),
            freshUntil: Timestamp(seconds: kept.freshUntil))
    }

    package func keep(_ document: ProviderDocument) {
        guard let body = String(validating: document.body, as: UTF8.self) else { return }
        let kept = Kept(
            address: document.address, body: body, fetchedAt: document.fetchedAt.seconds,
            freshUntil: document.freshUntil.seconds)
        if let bytes = try? JSONEncoder().encode(kept) {
            files.replace(Self.name(document.address), with: Array(bytes))
        }
    }

    private static func name(_ address: String) -> String { "provider-" + FNV1a.hexadecimal(address) }

    private struct Kept: Codable {
        var address: String
        var body: String
        var fetchedAt: Int64
        var freshUntil: Int64
    }
}
