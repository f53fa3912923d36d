public import ArgumentParser
public import KafkaBroker
public import KafkaClient
public import KafkaRecords

// Values of the library as arguments of options.

extension ProducerConfiguration.Acks: ExpressibleByArgument {
    public init?(argument: String) {
        switch argument {
        case "0": self = .none
        case "1": self = .leader
        case "all", "-1": self = .all
        default: return nil
        }
    }

    public static var allValueStrings: [String] { ["0", "1", "all"] }
    public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

    public var defaultValueDescription: String {
        switch self {
        case .none: "0"
        case .leader: "1"
        case .all: "all"
        }
    }
}

extension Partitioner: ExpressibleByArgument {}

extension SyncPolicy: ExpressibleByArgument {}

extension Compression: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    public static var allValueStrings: [String] { ["none", "gzip", "snappy", "lz4", "zstd"] }
    public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

extension IsolationLevel: ExpressibleByArgument {
    public init?(argument: String) {
        switch argument {
        case "read_committed": self = .readCommitted
        case "read_uncommitted": self = .readUncommitted
        default: return nil
        }
    }

    public static var allValueStrings: [String] { ["read_committed", "read_uncommitted"] }
    public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
