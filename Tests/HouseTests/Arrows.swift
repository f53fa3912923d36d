/// Which module may import which: the architecture, as a list.
enum Arrows {
    /// The arrows between the project's own modules. What a module reaches through them it may
    /// import too; nothing else.
    static let own: [String: Set<String>] = [
        "skafka": ["SkafkaCLI"],
        "SkafkaCLI": ["KafkaClient", "KafkaBroker", "KafkaLog", "KafkaWire", "CReadline"],
        "KafkaBroker": ["KafkaTransport", "KafkaLog"],
        "KafkaClient": ["KafkaTransport", "KafkaRecords"],
        "KafkaTransport": ["KafkaWire", "KafkaSecurity"],
        "KafkaSecurity": ["KafkaBase", "CCrypto"],
        "KafkaLog": ["KafkaRecords"],
        "KafkaWire": ["KafkaBase"],
        "KafkaRecords": ["KafkaBase", "CCrc32c", "CZlib", "CLZ4", "CZstd", "CSnappy"],
        "KafkaBase": ["Platform"],
        "Platform": [],
        "wiregen": ["WireSchema", "Platform"],
        "WireSchema": [],
        "CCrypto": [],
        "CCrc32c": [],
        "CZlib": [],
        "CLZ4": [],
        "CZstd": [],
        "CSnappy": [],
        "CReadline": [],
    ]

    /// Modules of other packages that each may use. The network is KafkaTransport's and what is
    /// above it; the log may log and lock.
    static let external: [String: Set<String>] = [
        "SkafkaCLI": [
            "ArgumentParser", "Logging", "NIOCore", "NIOPosix", "NIOConcurrencyHelpers",
            "Histogram",
        ],
        "KafkaBroker": [
            "Logging", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOConcurrencyHelpers", "DequeModule",
            "HeapModule",
        ],
        "KafkaClient": ["Logging", "NIOCore", "NIOPosix", "NIOConcurrencyHelpers", "DequeModule"],
        "KafkaTransport": [
            "Logging", "NIOCore", "NIOPosix", "NIOTLS", "NIOSSL", "NIOConcurrencyHelpers",
            "DequeModule",
        ],
        "KafkaLog": ["Logging", "NIOCore", "NIOConcurrencyHelpers"],
        "KafkaWire": ["NIOCore"],
        "KafkaRecords": ["NIOCore"],
        "KafkaBase": ["NIOCore"],
        "Platform": ["Glibc", "Musl", "Darwin"],
    ]

    /// What comes with the language. Foundation is not among it.
    static let language: Set<String> = ["Swift", "Synchronization"]

    /// Everything that a module may import.
    static func allowed(_ module: String) -> Set<String> {
        var reached: Set<String> = []
        func visit(_ name: String) {
            for next in own[name] ?? [] where reached.insert(next).inserted { visit(next) }
        }
        visit(module)
        // C modules belong to the one module that wraps them.
        let wrapped = reached.filter { $0.hasPrefix("C") && own[module]?.contains($0) != true }
        return reached.subtracting(wrapped).union(external[module] ?? []).union(language)
    }
}
