package import Domain
package import Ports

extension S3RoleMapStore: RoleMapFeed {
    /// Seconds between two looks, each of which is a request that brings nothing where nothing has changed.
    private static let pollSeconds: Double = 30

    package func follow(_ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void) async {
        var tag: String?
        while !Task.isCancelled {
            do throws(RoleMapStoreError) {
                if let found = try await object(unless: tag) {
                    if !found.isKnown {
                        // One that is broken is looked at once, too.
                        tag = found.tag
                        await take(.success(try map(of: found)))
                    }
                } else {
                    tag = nil
                    await take(.success(nil))
                }
            } catch {
                guard !Task.isCancelled else { return }
                // What is there after an outage is told, also where it is what was there before.
                if case .unreachable = error { tag = nil }
                await take(.failure(error))
            }
            await time.sleep(seconds: Self.pollSeconds)
        }
    }
}
