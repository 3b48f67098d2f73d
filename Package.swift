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
        .executable(name: "aws-oidc-cluster-node", targets: ["ClusterNode"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The inside: rules and values, what they need of the world, and the flows.
        box("Domain", "Sources/Domain"),
        box("Ports", "Sources/Ports", ["Domain"]),
        box("Application", "Sources/Application", ["Domain", "Ports"]),
        // One producer, many readers: what the token stores do alike.
        box("Production", "Sources/Production", ["Domain", "Ports", "Locking"]),
        // A lock, for whoever has state that threads share.
        box("Locking", "Sources/Locking"),

        // Adapters: one module a technology, and beside each the C library that it is about.
        .target(
            name: "CCurl", path: "Sources/Adapters/CCurl",
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        box("Curl", "Sources/Adapters/Curl", ["Domain", "Ports", "Locking", "CCurl"]),
        .systemLibrary(
            name: "COpenSSL", path: "Sources/Adapters/COpenSSL", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        box("OpenSSL", "Sources/Adapters/OpenSSL", ["Domain", "Ports", "COpenSSL"]),
        .systemLibrary(
            name: "CZlib", path: "Sources/Adapters/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CSystem", path: "Sources/Adapters/CSystem"),
        box("Files", "Sources/Adapters/Files", ["Domain", "Ports", "Production", "Locking", "CSystem", "CZlib"]),
        .target(
            name: "CSQLite", path: "Sources/Adapters/CSQLite",
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        box("SQLite", "Sources/Adapters/SQLite", ["Domain", "Ports", "Production", "Locking", "CSQLite"]),
        box("NetworkFiles", "Sources/Adapters/NetworkFiles", ["Domain", "Ports", "Production", "Locking"]),
        box("OIDC", "Sources/Adapters/OIDC", ["Domain", "Ports"]),
        box("AWS", "Sources/Adapters/AWS", ["Domain", "Ports"]),
        box("RoleMapYAML", "Sources/Adapters/YAML", ["Domain", "Ports", yams]),
        box("Desktop", "Sources/Adapters/Desktop", ["Domain", "Ports", "Locking"]),
        box("Terminal", "Sources/Adapters/Terminal", ["Domain", "Ports"]),
        box("Host", "Sources/Adapters/Host", ["Domain", "Ports", "Locking", "CSystem"]),

        // The only place that knows which adapter stands behind which port.
        box(
            "ClientComposition", "Sources/Composition/Client",
            [
                "Domain", "Ports", "Application", "Curl", "OpenSSL", "Files", "OIDC", "AWS", "Desktop", "Terminal",
                "Host", "SQLite", "NetworkFiles",
            ]),

        box(
            "ServerComposition", "Sources/Composition/Server",
            [
                "Domain", "Ports", "Application", "Locking", "Curl", "OpenSSL", "Files", "AWS", "Host", "Terminal",
                "RoleMapYAML",
            ]),

        // The executables.
        .executableTarget(
            name: "FrontDoor", dependencies: ["Domain", "CSystem"], path: "Sources/CLI/FrontDoor",
            swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(["-static-executable"], .when(platforms: [.linux], configuration: .release))
            ]),
        .executableTarget(
            name: "Client",
            dependencies: ["Domain", "Ports", "Application", "Locking", "ClientComposition", argumentParser],
            path: "Sources/CLI/Client", swiftSettings: strict),
        .executableTarget(
            name: "Server",
            dependencies: ["Domain", "Ports", "Application", "Locking", "ServerComposition", argumentParser],
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
            dependencies: ["Domain", "Ports", "Files", "NetworkFiles", "SQLite", "OpenSSL", "Host", "Desktop"],
            path: "Tests/Contract/StoreProbe", swiftSettings: strict),
        // A store of one process, for the tests of what stands upon stores.
        .target(
            name: "MemoryStore", dependencies: ["Domain", "Ports", "Production", "Locking"],
            path: "Tests/Contract/MemoryStore", swiftSettings: strict),
        .executableTarget(
            name: "ConfigProbe", dependencies: ["Domain"], path: "Tests/Contract/ConfigProbe", swiftSettings: strict),
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
        .testTarget(name: "DomainTests", dependencies: ["Domain"], path: "Tests/DomainTests", swiftSettings: strict),
        .testTarget(
            name: "AdapterTests",
            dependencies: [
                "Domain", "Ports", "Curl", "OpenSSL", "Files", "OIDC", "AWS", "Desktop", "Terminal", "Host",
                "Locking", "NetworkFiles", "StandIns", "RoleMapYAML",
            ],
            path: "Tests/AdapterTests", exclude: ["Files/GoSamples"], swiftSettings: strict),
        // They run the executables that lie beside the test bundle; to depend on FrontDoor would spread its linker flag.
        .testTarget(
            name: "CommandTests", dependencies: ["Domain", "Ports", "StandIns"], path: "Tests/CommandTests",
            swiftSettings: strict),
    ]
)
