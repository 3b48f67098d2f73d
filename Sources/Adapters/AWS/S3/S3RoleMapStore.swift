package import Domain
import Locking
package import Ports

/// The role map as an object in S3, replaced only where nobody else did meanwhile (conditional writes by ETag).
package final class S3RoleMapStore: RoleMapStore {
    private let place: S3Place
    private let caller: SignedCaller
    private let coding: any RoleMapCoding
    /// What was loaded last; nil where nothing was.
    private let loaded = Guarded<Loaded?>(nil)

    private enum Loaded: Sendable {
        case absent
        case object(tag: String, bytes: [UInt8])
    }

    /// A store at that place.
    package init(
        _ place: S3Place, http: any HTTPClient, time: any TimeSource, random: any RandomSource, signer: SignatureV4,
        credentials: OwnCredentials, variable: @escaping @Sendable (String) -> String?, retries: Int,
        coding: any RoleMapCoding
    ) {
        self.place = place
        self.coding = coding
        let region = variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
        caller = SignedCaller(
            SignedCaller.Means(
                http: http, time: time, random: random, signer: signer,
                variable: { name in
                    if name.hasPrefix("AWS_ENDPOINT_URL") || name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" {
                        return variable(name)
                    }
                    return nil
                }, retries: retries),
            region.map(Partition.init(region:)) ?? .aws, region: region,
            credentials: { () async throws(SignedCallError) in try await credentials.current() })
    }

    package func load() async throws(RoleMapStoreError) -> RoleMap? {
        let response = try await send(
            SignedCaller.Call(service: .s3, method: "GET", path: place.path), accepting: [404])
        if response.status == 404 {
            if AWSRefusal.read(response).code == "NoSuchBucket" {
                throw .unreachable(place: place.text, reason: "there is no such bucket")
            }
            loaded.with { $0 = .absent }
            return nil
        }
        guard let tag = response[header: "ETag"] else {
            throw .unreadable(place: place.text, reason: "it comes without an ETag")
        }
        guard let text = String(validating: response.body, as: UTF8.self) else {
            throw .unreadable(place: place.text, reason: "it is not UTF-8")
        }
        loaded.with { $0 = .object(tag: tag, bytes: response.body) }
        return try coding.map(text, place: place.text)
    }

    package func save(_ map: RoleMap) async throws(RoleMapStoreError) {
        let body = Array(coding.text(map).utf8)
        var headers = [HTTPHeader("Content-Type", "application/yaml")]
        switch loaded.with({ $0 }) {
        case .object(_, let bytes) where bytes == body: return
        case .object(let tag, _): headers.append(HTTPHeader("If-Match", tag))
        case .absent: headers.append(HTTPHeader("If-None-Match", "*"))
        case nil: break
        }
        let response = try await send(
            SignedCaller.Call(service: .s3, method: "PUT", path: place.path, headers: headers, body: body),
            accepting: [404, 409, 412])
        switch response.status {
        case 409, 412: throw .changed(place: place.text)
        case 404:
            // An object that If-Match names and that has gone, or the bucket.
            throw AWSRefusal.read(response).code == "NoSuchBucket"
                ? .unreachable(place: place.text, reason: "there is no such bucket") : .changed(place: place.text)
        default: break
        }
        guard let tag = response[header: "ETag"] else { return }
        loaded.with { $0 = .object(tag: tag, bytes: body) }
    }

    private func send(_ call: SignedCaller.Call, accepting statuses: Set<Int>) async throws(RoleMapStoreError)
        -> HTTPResponse
    {
        do {
            return try await caller.send(call, accepting: statuses)
        } catch {
            throw .unreachable(place: place.text, reason: "\(error)")
        }
    }
}
