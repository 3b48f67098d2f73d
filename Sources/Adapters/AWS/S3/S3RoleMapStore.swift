package import Domain
import Locking
package import Ports

/// The role map as an object in S3, replaced only where nobody else did meanwhile (conditional writes by ETag).
package final class S3RoleMapStore: RoleMapStore {
    let place: S3Place
    let time: any TimeSource
    private let caller: SignedCaller
    private let coding: any RoleMapCoding
    private let refusal: RoleMapStoreError?
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
        self.time = time
        self.coding = coding
        let region = variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
        let partition = region.map(Partition.init(region:)) ?? .aws
        let isFIPS = (try? AWSService.s3.endpoint(partition, region: region, variable))?.isFIPS ?? false
        // The certificate of a bucket's own host, which is the only one that FIPS has, is for one label.
        refusal =
            isFIPS && place.bucket.contains(".")
            ? .unreachable(
                place: place.text, reason: "with AWS_USE_FIPS_ENDPOINT a bucket can't have a dot in its name") : nil
        caller = SignedCaller(
            SignedCaller.Means(
                http: http, time: time, random: random, signer: signer, variable: variable, retries: retries),
            partition, region: region,
            credentials: { () async throws(SignedCallError) in try await credentials.current() })
    }

    package func load() async throws(RoleMapStoreError) -> RoleMap? {
        guard let found = try await object(unless: nil) else {
            loaded.with { $0 = .absent }
            return nil
        }
        let map = try map(of: found)
        loaded.with { $0 = .object(tag: found.tag, bytes: found.bytes) }
        return map
    }

    /// An object as it is in S3.
    struct Object: Sendable {
        let tag: String
        let bytes: [UInt8]
        /// Whether it is the one that was known before, and its bytes did not come again.
        var isKnown = false
    }

    /// The object; nil where there is none.
    ///
    /// - Parameter tag: of an object that is known already.
    func object(unless tag: String?) async throws(RoleMapStoreError) -> Object? {
        let response = try await send(
            "GET", headers: tag.map { [HTTPHeader("If-None-Match", $0)] } ?? [], accepting: [304, 404])
        switch response.status {
        case 304: return Object(tag: tag ?? "", bytes: [], isKnown: true)
        case 404:
            if AWSRefusal.read(response).code == "NoSuchBucket" { throw noBucket }
            return nil
        default:
            guard let tag = response[header: "ETag"] else {
                throw .unreadable(place: place.text, reason: "it comes without an ETag")
            }
            return Object(tag: tag, bytes: response.body)
        }
    }

    /// The role map in an object.
    func map(of object: Object) throws(RoleMapStoreError) -> RoleMap {
        guard let text = String(validating: object.bytes, as: UTF8.self) else {
            throw .unreadable(place: place.text, reason: "it is not UTF-8")
        }
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
        let response = try await send("PUT", headers: headers, body: body, accepting: [404, 409, 412])
        switch response.status {
        case 409, 412: throw .changed(place: place.text)
        case 404:
            // An object that If-Match names and that has gone, or the bucket.
            throw AWSRefusal.read(response).code == "NoSuchBucket" ? noBucket : .changed(place: place.text)
        default: break
        }
        guard let tag = response[header: "ETag"] else { return }
        loaded.with { $0 = .object(tag: tag, bytes: body) }
    }

    private var noBucket: RoleMapStoreError { .unreachable(place: place.text, reason: "there is no such bucket") }

    private func send(_ method: String, headers: [HTTPHeader], body: [UInt8] = [], accepting statuses: Set<Int>)
        async throws(RoleMapStoreError) -> HTTPResponse
    {
        if let refusal { throw refusal }
        do {
            return try await caller.send(
                SignedCaller.Call(
                    service: .s3, method: method, path: place.key, bucket: place.bucket, headers: headers, body: body),
                accepting: statuses)
        } catch {
            // Without s3:ListBucket, S3 does not tell that an object is not there.
            let hint =
                error.isDenial
                ? " (it takes s3:GetObject and s3:PutObject for the object, and s3:ListBucket for the bucket)" : ""
            throw .unreachable(place: place.text, reason: "\(error)\(hint)")
        }
    }
}
