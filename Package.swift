// swift-tools-version: 6.2
import PackageDescription

/// The settings of every target of ours: one language mode, no warning tolerated.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// One box of docs/architecture.md: a target that may import what it lists and nothing else.
func box(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
/// What the config service's web server is made of.
let webServer: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HummingbirdTLS", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")

let package = Package(
    name: "aws-oidc",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "aws-oidc", targets: ["FrontDoor"]),
        .executable(name: "aws-oidc-client", targets: ["Client"]),
        .executable(name: "aws-oidc-server", targets: ["Server"]),
        .executable(name: "aws-oidc-stand-ins", targets: ["StandInsMain"]),
        .executable(name: "aws-oidc-store-probe", targets: ["StoreProbe"]),
        .executable(name: "aws-oidc-config-probe", targets: ["ConfigProbe"]),
        .executable(name: "aws-oidc-signer-probe", targets: ["SignerProbe"]),
        .executable(name: "aws-oidc-cluster-node", targets: ["ClusterNode"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        // Only the server links these.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The inside: rules and values, what they need of the world, and the flows.
        box("Domain", "Sources/Domain"),
        box("Ports", "Sources/Ports", ["Domain"]),
        box("Application", "Sources/Application", ["Domain", "Ports", "Locking"]),
        // One producer, many readers: what the token stores do alike.
        box("Production", "Sources/Production", ["Domain", "Ports", "Locking"]),
        // A lock, for whoever has state that threads share.
        box("Locking", "Sources/Locking"),

        // Adapters: one module a technology, and beside each the C library that it is about.
        .target(
            name: "CCurl", path: "Sources/Adapters/CCurl",
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        box("Curl", "Sources/Adapters/Curl", ["Domain", "Ports", "Locking", "CCurl"]),
        // Headers only: the library is opened by the first who needs it. On macOS they lie where pkg-config says.
        .systemLibrary(
            name: "OpenSSLHeaders", path: "Sources/Adapters/OpenSSLHeaders", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(
            name: "COpenSSL", dependencies: [.target(name: "OpenSSLHeaders", condition: .when(platforms: [.macOS]))],
            path: "Sources/Adapters/COpenSSL",
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        box("OpenSSL", "Sources/Adapters/OpenSSL", ["Domain", "Ports", "COpenSSL"]),
        .systemLibrary(
            name: "CZlib", path: "Sources/Adapters/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CLibrary", path: "Sources/Adapters/CLibrary"),
        box("Files", "Sources/Adapters/Files", ["Domain", "Ports", "Production", "Locking", "CLibrary", "CZlib"]),
        .target(
            name: "CSQLite", path: "Sources/Adapters/CSQLite",
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        box("SQLite", "Sources/Adapters/SQLite", ["Domain", "Ports", "Production", "Locking", "CSQLite"]),
        box("NetworkFiles", "Sources/Adapters/NetworkFiles", ["Domain", "Ports", "Production", "Locking"]),
        box("OIDC", "Sources/Adapters/OIDC", ["Domain", "Ports"]),
        box("AWS", "Sources/Adapters/AWS", ["Domain", "Ports", "Locking"]),
        box("RoleMapYAML", "Sources/Adapters/YAML", ["Domain", "Ports", yams]),
        box("Okta", "Sources/Adapters/Okta", ["Domain", "Ports"]),
        box("Kubernetes", "Sources/Adapters/Kubernetes", ["Domain", "Ports", "Locking"]),
        box("Web", "Sources/Adapters/Web", ["Domain", "Ports", "Application", "Locking"] + webServer),
        box("ConfigServiceClient", "Sources/Adapters/ConfigServiceClient", ["Domain", "Ports"]),
        box("Desktop", "Sources/Adapters/Desktop", ["Domain", "Ports", "Locking"]),
        box("Terminal", "Sources/Adapters/Terminal", ["Domain", "Ports", "Locking", "CLibrary"]),
        box("Host", "Sources/Adapters/Host", ["Domain", "Ports", "Locking", "CLibrary"]),

        // The only place that knows which adapter stands behind which port.
        box(
            "ClientComposition", "Sources/Composition/Client",
            [
                "Domain", "Ports", "Application", "Curl", "OpenSSL", "Files", "OIDC", "AWS", "Desktop", "Terminal",
                "Host", "SQLite", "NetworkFiles", "ConfigServiceClient",
            ]),

        box(
            "ServerComposition", "Sources/Composition/Server",
            [
                "Domain", "Ports", "Application", "Locking", "Curl", "OpenSSL", "Files", "AWS", "OIDC", "Okta",
                "Kubernetes", "Host", "Terminal", "RoleMapYAML", "Web",
            ]),

        // What the two command lines do alike.
        box("CommandLineBasics", "Sources/CLI/Shared", ["Locking", argumentParser]),

        // The executables.
        .executableTarget(
            name: "FrontDoor", dependencies: ["Domain", "CLibrary"], path: "Sources/CLI/FrontDoor",
            swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(["-static-executable"], .when(platforms: [.linux], configuration: .release))
            ]),
        .executableTarget(
            name: "Client",
            dependencies: [
                "Domain", "Ports", "Application", "Locking", "ClientComposition", "CommandLineBasics", argumentParser,
            ],
            path: "Sources/CLI/Client", swiftSettings: strict),
        .executableTarget(
            name: "Server",
            dependencies: [
                "Domain", "Ports", "Application", "Locking", "ServerComposition", "CommandLineBasics", argumentParser,
            ],
            path: "Sources/CLI/Server", swiftSettings: strict),

        // Tests. The stand-ins are servers over real HTTP: a library for the tests, an executable for the demo.
        .target(
            name: "StandIns", dependencies: ["Domain", "Ports", "OpenSSL", flyingFox, flyingSocks],
            path: "Tests/Contract/StandIns",
            swiftSettings: strict),
        .executableTarget(
            name: "StandInsMain", dependencies: ["StandIns"], path: "Tests/Contract/StandInsMain",
            swiftSettings: strict),
        .executableTarget(
            name: "StoreProbe",
            dependencies: [
                "Domain", "Ports", "Locking", "Files", "NetworkFiles", "SQLite", "OpenSSL", "Host", "Desktop",
            ],
            path: "Tests/Contract/StoreProbe", swiftSettings: strict),
        // A store of one process, for the tests of what stands upon stores.
        .target(
            name: "MemoryStore", dependencies: ["Domain", "Ports", "Production", "Locking"],
            path: "Tests/Contract/MemoryStore", swiftSettings: strict),
        .executableTarget(
            name: "ConfigProbe", dependencies: ["Domain"], path: "Tests/Contract/ConfigProbe", swiftSettings: strict),
        .executableTarget(
            name: "SignerProbe", dependencies: ["Domain", "Ports", "AWS", "OpenSSL"],
            path: "Tests/Contract/SignerProbe", swiftSettings: strict),
        // One process of many over one shared folder, with the real use case; scripts/cluster.py starts and judges them.
        .executableTarget(
            name: "ClusterNode",
            dependencies: [
                "Domain", "Ports", "Application", "Locking", "Files", "NetworkFiles", "OIDC", "Curl", "OpenSSL",
                "Desktop", "Host", "StandIns",
            ],
            path: "Tests/Contract/Cluster", swiftSettings: strict),
        .testTarget(
            name: "ContractTests",
            dependencies: [
                "Domain", "Ports", "Locking", "Production", "Files", "NetworkFiles", "SQLite", "CSQLite", "OpenSSL",
                "Host", "Desktop", "StoreProbe", "MemoryStore",
            ],
            path: "Tests/Contract/Suites", swiftSettings: strict,
            // They look into databases past the store.
            linkerSettings: [.linkedLibrary("sqlite3")]),
        // The protocol of shared folders over a file system that lies, step by step in an order that a seed decides.
        .testTarget(
            name: "ProtocolTests", dependencies: ["Domain", "Ports", "Locking", "NetworkFiles", "OpenSSL"],
            path: "Tests/Contract/Protocol", swiftSettings: strict),
        .testTarget(
            name: "ApplicationTests", dependencies: ["Domain", "Ports", "Locking", "Application"],
            path: "Tests/ApplicationTests", swiftSettings: strict),
        .testTarget(name: "DomainTests", dependencies: ["Domain"], path: "Tests/DomainTests", swiftSettings: strict),
        .testTarget(
            name: "AdapterTests",
            dependencies: [
                "Domain", "Ports", "Application", "Curl", "OpenSSL", "Files", "OIDC", "AWS", "Desktop", "Terminal",
                "Host", "Locking", "NetworkFiles", "StandIns", "RoleMapYAML", "Okta", "Kubernetes",
                "ConfigServiceClient",
            ],
            path: "Tests/AdapterTests", exclude: ["Files/GoSamples"], swiftSettings: strict),
        // What a connection meets, on a loop whose clock a test turns.
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Domain", "Ports", "Application", "Locking", "Web", "StandIns",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            path: "Tests/WebTests", swiftSettings: strict),
        // They run the executables that lie beside the test bundle; to depend on FrontDoor would spread its linker flag.
        .testTarget(
            name: "CommandTests", dependencies: ["Domain", "Ports", "StandIns"], path: "Tests/CommandTests",
            swiftSettings: strict),
    ]
)
