package import Domain
import Locking
package import Ports

/// The role map in a ConfigMap: read, written where nobody else has written meanwhile, and watched.
///
/// Other keys, labels and annotations of the ConfigMap stay as they are.
package final class ConfigMapStore: RoleMapStore {
    let api: KubernetesAPI
    let coding: any RoleMapCoding
    let time: any TimeSource
    let random: any RandomSource
    let log: any Log

    /// The object that `load` read last; nil where there was none.
    private let loaded = Guarded<JSONTree?>(nil)

    /// What a ConfigMap holds at most, in bytes (the API's own limit).
    private static let capacity = 1 << 20

    /// The store at that place.
    package init(
        _ settings: KubernetesSettings, coding: any RoleMapCoding, http: any HTTPClient & HTTPStreaming,
        time: any TimeSource, random: any RandomSource, log: any Log
    ) {
        api = KubernetesAPI(settings: settings, http: http)
        self.coding = coding
        self.time = time
        self.random = random
        self.log = log
    }

    package func load() async throws(RoleMapStoreError) -> RoleMap? {
        let answer = try await api.read()
        switch answer.status {
        case 404:
            loaded.with { $0 = nil }
            return nil
        case 200:
            guard let object = JSONTree(answer.body) else { throw api.unreachable("its answer is no JSON") }
            loaded.with { $0 = object }
            return try map(of: object)
        default: throw api.refusal(answer)
        }
    }

    package func save(_ map: RoleMap) async throws(RoleMapStoreError) {
        let text = coding.text(map)
        let key = api.settings.key
        var object = loaded.with { $0 } ?? emptyObject
        guard object["data"]?[key]?.text != text else { return }
        guard text.utf8.count < Self.capacity else {
            throw api.unreachable(
                "a ConfigMap holds 1 MiB at most, and the map of \(map.entries.count) roles has \(text.utf8.count) bytes; "
                    + "keep it in a file or in S3")
        }
        var texts = object["data"] ?? .object([:])
        if texts == .null { texts = .object([:]) }
        texts[key] = .text(text)
        object["data"] = texts
        let isNew = object["metadata"]?["resourceVersion"] == nil
        let answer = isNew ? try await api.create(object) : try await api.replace(object)
        switch answer.status {
        case 200...299: loaded.with { $0 = JSONTree(answer.body) ?? $0 }
        // Somebody wrote it or made it since.
        case 409: throw .changed(place: api.settings.place)
        // It was taken away; but where it was to be made, there is no such namespace.
        case 404 where !isNew: throw .changed(place: api.settings.place)
        default: throw api.refusal(answer)
        }
    }

    /// The role map in an object; nil where the key is not in it.
    func map(of object: JSONTree) throws(RoleMapStoreError) -> RoleMap? {
        guard let text = object["data"]?[api.settings.key]?.text else { return nil }
        return try coding.map(text, place: api.settings.place)
    }

    private var emptyObject: JSONTree {
        .object([
            "apiVersion": .text("v1"), "kind": .text("ConfigMap"),
            "metadata": .object(["name": .text(api.settings.name), "namespace": .text(api.settings.namespace)]),
        ])
    }
}
