import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// One process of the cluster in small; scripts/cluster.py starts it, many times over.
let words = Array(CommandLine.arguments.dropFirst())
let parts = words.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) }
let settings = Dictionary(parts.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { _, last in last })
guard let node = try? Node(settings) else {
    print("usage: aws-oidc-cluster-node issuer=URL client=ID shared=PATH local=PATH diary=PATH until=UPTIME")
    exit(64)
}
await node.run()
