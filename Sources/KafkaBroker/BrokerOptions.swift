public import KafkaLog
public import Logging

/// When what was appended is made durable (storage: the broker's `--sync`).
public enum SyncPolicy: String, Sendable, CaseIterable {
    /// When the system does; nobody waits.
    case never
    /// Once a second in the background; nobody waits.
    case interval
    /// A reply to acks=all waits for the disk.
    case acksAll = "acks-all"
    /// Every reply waits for the disk, and acks=0 is flushed too.
    case everyBatch = "every-batch"
}

/// What a broker is started with.
public struct BrokerOptions: Sendable {
    /// A topic to be made at the start unless it is there.
    public struct InitialTopic: Sendable, Hashable {
        public var name: String
        /// Nil for `num.partitions`.
        public var partitions: Int32?

        public init(name: String, partitions: Int32? = nil) {
            self.name = name
            self.partitions = partitions
        }
    }

    /// Where clients are told to connect to.
    public struct AdvertisedAddress: Sendable, Hashable {
        public var host: String
        /// Nil or 0 for the port that the listener is bound to.
        public var port: Int?

        public init(host: String, port: Int? = nil) {
            self.host = host
            self.port = port
        }
    }

    /// Where the metrics' HTTP server listens.
    public struct MetricsAddress: Sendable, Hashable {
        public var host: String
        /// 0 picks one.
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// Made with mode 0700 when it is not there.
    public var dataDirectory: String
    /// Further directories for partitions' logs (`log.dirs` beyond the first one); nil for those
    /// of the last time.
    public var moreLogDirectories: [String]?
    public var listeners: [BrokerListener]
    /// What TCP listeners tell clients that have nothing of their own; nil for the address they
    /// listen on (for a wildcard address the machine's name).
    public var advertised: AdvertisedAddress?
    public var settings: BrokerSettings
    public var sync: SyncPolicy
    /// Nil for the setting `auto.create.topics.enable`.
    public var autoCreateTopics: Bool?
    public var initialTopics: [InitialTopic]
    /// Where Prometheus finds the metrics; nil for nowhere.
    public var metrics: MetricsAddress?
    /// Of the program, for logs and metrics.
    public var version = "unknown"
    public var logger: Logger
    /// Told, on any thread, how far the start has come with the logs.
    public var onLoadProgress: @Sendable (LoadProgress) -> Void = { _ in }

    public init(
        dataDirectory: String, listeners: [BrokerListener], advertised: AdvertisedAddress? = nil,
        settings: BrokerSettings, sync: SyncPolicy = .acksAll, autoCreateTopics: Bool? = nil,
        initialTopics: [InitialTopic] = [], logger: Logger
    ) {
        self.dataDirectory = dataDirectory
        self.listeners = listeners
        self.advertised = advertised
        self.settings = settings
        self.sync = sync
        self.autoCreateTopics = autoCreateTopics
        self.initialTopics = initialTopics
        self.logger = logger
    }
}
