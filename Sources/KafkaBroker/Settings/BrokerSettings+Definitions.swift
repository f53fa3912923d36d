extension BrokerSettings {
    private static let never = "9223372036854775807"

    /// Every setting of the broker, in the manual's order.
    public static let definitions: [SettingDefinition] =
        identity + network + securityDefinitions + authorizationDefinitions + topics + log + cleaner
        + groupDefinitions + transactionDefinitions

    private static let identity: [SettingDefinition] = [
        .init(
            "node.id", .int, "0", .atLeast(0),
            "The broker's number in the cluster (also broker.id; Kafka has no default)."),
        .init(
            "log.dirs", .string, nil, .none,
            "Directories of the partitions' logs; the first one is the data directory."),
        .init(
            "listeners", .string, nil, .none,
            "Where the broker listens; set by the command line, shown by DescribeConfigs."),
        .init(
            "advertised.listeners", .string, nil, .none,
            "What clients are told to connect to; set by the command line."),
    ]

    private static let network: [SettingDefinition] = [
        .init(
            "socket.request.max.bytes", .int, "104857600", .atLeast(1),
            "Largest request in bytes; a larger frame closes its connection."),
        .init(
            "max.connections", .int, "4096", .atLeast(1),
            "Open connections above which further ones are closed at once (Kafka: unlimited)."),
        .init(
            "max.connections.per.ip", .int, "2147483647", .atLeast(0),
            "Open connections from one address above which further ones are closed at once."),
        .init(
            "max.connections.per.ip.overrides", .string, "", .connectionOverrides,
            "The same for single addresses: 127.0.0.1:100,::1:50."),
        .init(
            "connections.max.idle.ms", .long, "600000", .atLeast(-1),
            "Time without a request after which a connection is closed, in ms, -1 for never."),
        .init(
            "fetch.max.bytes", .int, "57671680", .atLeast(1024),
            "Upper bound of the records in a Fetch response, in bytes."),
        .init(
            "max.incremental.fetch.session.cache.slots", .int, "1000", .atLeast(0),
            "Fetch sessions that are kept; who finds no room fetches without one."),
        .init(
            "quota.window.num", .int, "11", .range(1...10_000),
            "Windows of time over which the use of quotas is counted."),
        .init(
            "quota.window.size.seconds", .int, "1", .range(1...3600),
            "Length of a window over which the use of quotas is counted, in seconds."),
        .init(
            "controller.quota.window.num", .int, "11", .range(1...10_000),
            "Windows of time for whose quota partitions can be made and deleted at once."),
        .init(
            "controller.quota.window.size.seconds", .int, "1", .range(1...3600),
            "Length of a window for partitions that are made and deleted, in seconds."),
    ]

    private static let topics: [SettingDefinition] = [
        .init(
            "auto.create.topics.enable", .boolean, "true", .none,
            "Whether asking for an unknown topic creates it, where the client allows it."),
        .init("delete.topic.enable", .boolean, "true", .none, "Whether topics can be deleted."),
        .init(
            "num.partitions", .int, "1", .range(1...10_000),
            "Partitions of a topic that is created without a number."),
        .init(
            "default.replication.factor", .int, "1", .atLeast(1),
            "Replicas of a topic that is created without a number; a single node has one."),
        .init(
            "min.insync.replicas", .int, "1", .atLeast(1),
            "In-sync replicas that acks=all needs."),
        .init(
            "unclean.leader.election.enable", .boolean, "false", .none,
            "Whether a replica that is not in sync may lead."),
        .init(
            "compression.type", .string, "producer",
            .oneOf(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
            "Codec in which records are kept; producer keeps what the producer chose."),
        .init(
            "compression.gzip.level", .int, "-1", .range(-1...9),
            "Level of gzip where the broker compresses, -1 for the codec's own."),
        .init(
            "compression.lz4.level", .int, "9", .range(1...17),
            "Level of lz4 where the broker compresses."),
        .init(
            "compression.zstd.level", .int, "3", .range(-131_072...22),
            "Level of zstd where the broker compresses."),
        .init(
            "message.max.bytes", .int, "1048588", .atLeast(0),
            "Largest record batch, compressed, in bytes."),
    ]

    private static let log: [SettingDefinition] = [
        .init(
            "log.segment.bytes", .int, "1073741824", .atLeast(14),
            "Size at which a segment is closed and the next begun."),
        .init(
            "log.roll.ms", .long, nil, .atLeast(1),
            "Age at which a segment is closed, in ms; log.roll.hours when not set."),
        .init("log.roll.hours", .int, "168", .atLeast(1), "Age at which a segment is closed."),
        .init(
            "log.roll.jitter.ms", .long, nil, .atLeast(0),
            "Largest random part taken off the age at which a segment is closed, in ms."),
        .init(
            "log.roll.jitter.hours", .int, "0", .atLeast(0),
            "Largest random part taken off the age at which a segment is closed, in hours."),
        .init(
            "log.index.interval.bytes", .int, "4096", .atLeast(0),
            "Bytes of records between two entries of the offset index."),
        .init(
            "log.index.size.max.bytes", .int, "10485760", .atLeast(4),
            "Largest size of a segment's index."),
        .init(
            "log.preallocate", .boolean, "false", .none,
            "Whether segment files are made at full size."),
        .init(
            "log.flush.interval.messages", .long, never, .atLeast(1),
            "Records after which a partition is flushed, whatever acks asks for."),
        .init(
            "log.flush.interval.ms", .long, nil, .atLeast(0),
            "Time after which a partition is flushed, in ms."),
        .init(
            "log.retention.ms", .long, nil, .atLeast(-1),
            "Age at which records go, in ms, -1 for never; log.retention.minutes when not set."),
        .init(
            "log.retention.minutes", .int, nil, .atLeast(-1),
            "Age at which records go, in minutes; log.retention.hours when not set."),
        .init("log.retention.hours", .int, "168", .atLeast(-1), "Age at which records go."),
        .init(
            "log.retention.bytes", .long, "-1", .atLeast(-1),
            "Size of a partition above which its oldest segments go, -1 for no bound."),
        .init(
            "log.retention.check.interval.ms", .long, "300000", .atLeast(1),
            "Time between two looks for segments to delete, in ms."),
        .init(
            "log.initial.task.delay.ms", .long, "30000", .atLeast(0),
            "Time from the start to the first look for segments to delete, in ms."),
        .init(
            "producer.id.expiration.ms", .int, "86400000", .atLeast(1),
            "Time after which an idle producer's sequences are forgotten, in ms."),
        .init(
            "log.flush.offset.checkpoint.interval.ms", .int, "60000", .atLeast(1),
            "Time between two notes of how far the logs are durable, in ms."),
        .init(
            "log.segment.delete.delay.ms", .long, "60000", .atLeast(0),
            "Time until the file of a deleted segment is removed, in ms."),
        .init(
            "log.cleanup.policy", .list, "delete", .oneOf(["compact", "delete"]),
            "What becomes of old records: delete, compact, or both."),
        .init(
            "log.cleaner.delete.retention.ms", .long, "86400000", .atLeast(0),
            "Time for which compaction keeps tombstones, in ms."),
        .init(
            "log.cleaner.min.cleanable.ratio", .double, "0.5", .fraction,
            "Share of not yet compacted records from which a log is compacted."),
        .init(
            "log.cleaner.min.compaction.lag.ms", .long, "0", .atLeast(0),
            "Time for which a record is not compacted away, in ms."),
        .init(
            "log.cleaner.max.compaction.lag.ms", .long, never, .atLeast(1),
            "Time after which a record can be compacted away at the latest, in ms."),
        .init(
            "log.message.timestamp.type", .string, "CreateTime",
            .oneOf(["CreateTime", "LogAppendTime"]),
            "Whether records keep the producer's timestamp or get the broker's."),
        .init(
            "log.message.timestamp.before.max.ms", .long, never, .atLeast(0),
            "How far a record's timestamp may lie in the past, in ms."),
        .init(
            "log.message.timestamp.after.max.ms", .long, "3600000", .atLeast(0),
            "How far a record's timestamp may lie in the future, in ms."),
    ]

    private static let cleaner: [SettingDefinition] = [
        .init(
            "log.cleaner.enable", .boolean, "true", .none, "Whether logs are compacted."),
        .init(
            "log.cleaner.threads", .int, "1", .range(0...64),
            "Logs that are compacted at a time; 0 compacts none."),
        .init(
            "log.cleaner.io.max.bytes.per.second", .double, "1.7976931348623157E308",
            .none, "Bytes per second that compaction reads and writes at most."),
        .init(
            "log.cleaner.dedupe.buffer.size", .long, "33554432", .range(1024...(1 << 36)),
            "Memory for the keys of logs that are being compacted, 24 bytes each, in bytes, of all "
                + "threads together; taken while one is, as far as needed (Kafka: 134217728)."),
        .init(
            "log.cleaner.io.buffer.size", .int, "524288", .atLeast(0),
            "Memory for what compaction reads and writes, in bytes, of all threads together."),
        .init(
            "log.cleaner.io.buffer.load.factor", .double, "0.9", .fraction,
            "Share of the memory for keys that is filled before a further round."),
        .init(
            "log.cleaner.backoff.ms", .long, "15000", .atLeast(0),
            "Pause when there is nothing to compact, in ms."),
    ]
}
