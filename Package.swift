// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every Swift target of the house: Swift 6, warnings are errors.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioConcurrency: Target.Dependency = .product(
    name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "skafka",
    products: [
        .executable(name: "skafka", targets: ["skafka"]),
        .library(name: "KafkaClient", targets: ["KafkaClient"]),
        .library(name: "KafkaLog", targets: ["KafkaLog"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // The binary: a main function, and `Link` for the linker.
        .executableTarget(
            name: "skafka", dependencies: ["SkafkaCLI"], exclude: ["Link"],
            swiftSettings: settings,
            // At a fixed address the loader has no 57,000 pointers to relocate, and with a static
            // C++ library no 6,000 names to look up: 2 ms of start-up.
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-Xclang-linker", "-no-pie", "-Xclang-linker", "-static-libgcc",
                        "-Xlinker", "--no-export-dynamic",
                        "-L\(Context.packageDirectory)/Sources/skafka/Link",
                    ],
                    .when(platforms: [.linux], configuration: .release))
            ]),
        .target(
            name: "SkafkaCLI",
            dependencies: [
                "KafkaClient", "KafkaBroker", "KafkaLog", "KafkaWire", "KafkaTransport",
                "KafkaSecurity", "KafkaRecords", "KafkaBase", "Platform", "CReadline",
                argumentParser, logging, nioCore, nioPosix, nioConcurrency, histogram,
            ],
            swiftSettings: settings,
            linkerSettings: [.linkedLibrary(":libreadline.a"), .linkedLibrary(":libtinfo.a")]),
        .target(
            name: "KafkaBroker",
            dependencies: [
                "KafkaTransport", "KafkaLog", "KafkaWire", "KafkaRecords", "KafkaSecurity",
                "KafkaBase", "Platform", logging, nioCore, nioPosix, nioHTTP1, nioConcurrency,
                deque, heap,
            ],
            swiftSettings: settings),
        .target(
            name: "KafkaClient",
            dependencies: [
                "KafkaTransport", "KafkaRecords", "KafkaWire", "KafkaSecurity", "KafkaBase",
                logging, nioCore, nioPosix, nioConcurrency, deque,
            ],
            swiftSettings: settings),
        .target(
            name: "KafkaTransport",
            dependencies: [
                "KafkaWire", "KafkaSecurity", "KafkaBase", "Platform", logging, nioCore, nioPosix,
                nioTLS, nioSSL, nioConcurrency, deque,
            ],
            swiftSettings: settings),
        .target(
            name: "KafkaSecurity", dependencies: ["KafkaBase", "CCrypto"],
            swiftSettings: settings, linkerSettings: [.linkedLibrary(":libcrypto.a")]),
        .target(
            name: "KafkaLog",
            dependencies: [
                "KafkaRecords", "KafkaBase", "Platform", logging, nioCore, nioConcurrency,
            ],
            swiftSettings: settings),
        .target(
            name: "KafkaWire", dependencies: ["KafkaBase", nioCore], exclude: ["Definitions"],
            swiftSettings: settings),
        .target(
            name: "KafkaRecords",
            dependencies: ["KafkaBase", "CCrc32c", "CZlib", "CLZ4", "CZstd", "CSnappy", nioCore],
            swiftSettings: settings,
            linkerSettings: [
                .linkedLibrary(":libz.a"), .linkedLibrary(":liblz4.a"),
                .linkedLibrary(":libzstd.a"), .linkedLibrary(":libsnappy.a"),
                .linkedLibrary("stdc++"),
            ]),
        .target(
            name: "KafkaBase", dependencies: ["Platform", nioCore], swiftSettings: settings),
        .target(name: "Platform", swiftSettings: settings),

        // The message definitions' language, and the generator that renders them into KafkaWire.
        .target(name: "WireSchema", swiftSettings: settings),
        .executableTarget(
            name: "wiregen", dependencies: ["WireSchema", "Platform"], swiftSettings: settings),

        // C: the processor's CRC-32C instructions, and system libraries (a module map each).
        .target(name: "CCrc32c"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLZ4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CReadline", providers: [.apt(["libreadline-dev"])]),

        // What the machine allows, measured beside the benchmarks (`make bench`).
        .executableTarget(
            name: "limits", dependencies: ["KafkaRecords", nioCore],
            path: "Tests/Benchmarks/Limits",
            swiftSettings: settings),

        // What all tests share.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "HouseTests", dependencies: ["TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "WireSchemaTests", dependencies: ["WireSchema", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaWireTests",
            dependencies: ["KafkaWire", "KafkaBase", "WireSchema", "TestSupport", nioCore],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaBaseTests", dependencies: ["KafkaBase", "TestSupport", nioCore],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaSecurityTests", dependencies: ["KafkaSecurity", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaRecordsTests",
            dependencies: ["KafkaRecords", "KafkaBase", "TestSupport", nioCore],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaLogTests",
            dependencies: ["KafkaLog", "KafkaRecords", "KafkaBase", "TestSupport", nioCore],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaTransportTests",
            dependencies: [
                "KafkaTransport", "KafkaSecurity", "KafkaWire", "KafkaBase", "TestSupport", nioCore,
                nioPosix, nioSSL, nioEmbedded, nioConcurrency, logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaBrokerTests",
            dependencies: [
                "KafkaBroker", "KafkaTransport", "KafkaSecurity", "KafkaLog", "KafkaRecords",
                "KafkaWire", "KafkaBase", "TestSupport", nioCore, nioPosix, nioHTTP1, nioEmbedded,
                logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaClientTests",
            dependencies: [
                "KafkaClient", "KafkaTransport", "KafkaRecords", "KafkaWire", "KafkaBase", nioCore,
                nioPosix, nioConcurrency, logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SkafkaCLITests",
            dependencies: [
                "SkafkaCLI", "KafkaClient", "KafkaBroker", "KafkaTransport", "KafkaSecurity",
                "KafkaRecords", "KafkaLog", "KafkaWire", "KafkaBase", "TestSupport", nioCore,
                argumentParser,
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
