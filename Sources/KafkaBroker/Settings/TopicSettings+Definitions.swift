extension TopicSettings {
    private static let never = "9223372036854775807"

    /// Every setting of a topic, by name (Kafka's `TopicConfig`).
    public static let definitions: [SettingDefinition] =
        cleaning + records + segments + clusters + tiers

    private static let cleaning: [SettingDefinition] = [
        .init(
            "cleanup.policy", .list, "delete", .oneOf(["compact", "delete"]),
            synonyms: ["log.cleanup.policy"],
            "What becomes of old records: delete, compact, or both."),
        .init(
            "delete.retention.ms", .long, "86400000", .atLeast(0),
            synonyms: ["log.cleaner.delete.retention.ms"],
            "Time for which compaction keeps tombstones, in ms."),
        .init(
            "file.delete.delay.ms", .long, "60000", .atLeast(0),
            synonyms: ["log.segment.delete.delay.ms"],
            "Time until the file of a deleted segment is removed, in ms."),
        .init(
            "max.compaction.lag.ms", .long, never, .atLeast(1),
            synonyms: ["log.cleaner.max.compaction.lag.ms"],
            "Time after which a record can be compacted away at the latest, in ms."),
        .init(
            "min.cleanable.dirty.ratio", .double, "0.5", .fraction,
            synonyms: ["log.cleaner.min.cleanable.ratio"],
            "Share of not yet compacted records from which the log is compacted."),
        .init(
            "min.compaction.lag.ms", .long, "0", .atLeast(0),
            synonyms: ["log.cleaner.min.compaction.lag.ms"],
            "Time for which a record is not compacted away, in ms."),
        .init(
            "retention.bytes", .long, "-1", .atLeast(-1), synonyms: ["log.retention.bytes"],
            "Size of a partition above which its oldest segments go, -1 for no bound."),
        .init(
            "retention.ms", .long, "604800000", .atLeast(-1),
            synonyms: ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
            "Age at which records go, in ms, -1 for never."),
    ]

    private static let records: [SettingDefinition] = [
        .init(
            "compression.gzip.level", .int, "-1", .range(-1...9),
            synonyms: ["compression.gzip.level"],
            "Level of gzip where the broker compresses, -1 for the codec's own."),
        .init(
            "compression.lz4.level", .int, "9", .range(1...17),
            synonyms: ["compression.lz4.level"],
            "Level of lz4 where the broker compresses."),
        .init(
            "compression.type", .string, "producer",
            .oneOf(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
            synonyms: ["compression.type"],
            "Codec in which records are kept; producer keeps what the producer chose."),
        .init(
            "compression.zstd.level", .int, "3", .range(-131_072...22),
            synonyms: ["compression.zstd.level"],
            "Level of zstd where the broker compresses."),
        .init(
            "max.message.bytes", .int, "1048588", .atLeast(0), synonyms: ["message.max.bytes"],
            "Largest record batch, compressed, in bytes."),
        .init(
            "message.timestamp.after.max.ms", .long, "3600000", .atLeast(0),
            synonyms: ["log.message.timestamp.after.max.ms"],
            "How far a record's timestamp may lie in the future, in ms."),
        .init(
            "message.timestamp.before.max.ms", .long, never, .atLeast(0),
            synonyms: ["log.message.timestamp.before.max.ms"],
            "How far a record's timestamp may lie in the past, in ms."),
        .init(
            "message.timestamp.type", .string, "CreateTime",
            .oneOf(["CreateTime", "LogAppendTime"]), synonyms: ["log.message.timestamp.type"],
            "Whether records keep the producer's timestamp or get the broker's."),
        .init(
            "min.insync.replicas", .int, "1", .atLeast(1), synonyms: ["min.insync.replicas"],
            "In-sync replicas that acks=all needs."),
        .init(
            "unclean.leader.election.enable", .boolean, "false",
            synonyms: ["unclean.leader.election.enable"],
            "Whether a replica that is not in sync may lead."),
    ]

    private static let segments: [SettingDefinition] = [
        .init(
            "flush.messages", .long, never, .atLeast(1),
            synonyms: ["log.flush.interval.messages"],
            "Records after which the partition is flushed, whatever acks asks for."),
        .init(
            "flush.ms", .long, never, .atLeast(0), synonyms: ["log.flush.interval.ms"],
            "Time after which the partition is flushed, in ms."),
        .init(
            "index.interval.bytes", .int, "4096", .atLeast(0),
            synonyms: ["log.index.interval.bytes"],
            "Bytes of records between two entries of the offset index."),
        .init(
            "preallocate", .boolean, "false", synonyms: ["log.preallocate"],
            "Whether segment files are made at full size."),
        .init(
            "segment.bytes", .int, "1073741824", .atLeast(14), synonyms: ["log.segment.bytes"],
            "Size at which a segment is closed and the next begun."),
        .init(
            "segment.index.bytes", .int, "10485760", .atLeast(4),
            synonyms: ["log.index.size.max.bytes"], "Largest size of a segment's index."),
        .init(
            "segment.jitter.ms", .long, "0", .atLeast(0),
            synonyms: ["log.roll.jitter.ms", "log.roll.jitter.hours"],
            "Largest random part taken off segment.ms."),
        .init(
            "segment.ms", .long, "604800000", .atLeast(1),
            synonyms: ["log.roll.ms", "log.roll.hours"],
            "Age at which a segment is closed, in ms."),
    ]
    /// Taken and shown, without effect where there are no other brokers.
    private static let clusters: [SettingDefinition] = [
        .init(
            "follower.replication.throttled.replicas", .list, "", .throttledReplicas,
            "Replicas that are throttled on the follower's side; a single node has none."),
        .init(
            "leader.replication.throttled.replicas", .list, "", .throttledReplicas,
            "Replicas that are throttled on the leader's side; a single node has none."),
    ]

    /// Of tiered storage, which is not there: it cannot be switched on.
    private static let tiers: [SettingDefinition] = [
        .init(
            "local.retention.bytes", .long, "-2", .atLeast(-2),
            "Bytes kept locally with tiered storage, -2 for retention.bytes."),
        .init(
            "local.retention.ms", .long, "-2", .atLeast(-2),
            "Time kept locally with tiered storage, -2 for retention.ms."),
        .init(
            "remote.log.copy.disable", .boolean, "false", .none,
            "Whether nothing more is copied to tiered storage."),
        .init(
            "remote.log.delete.on.disable", .boolean, "false", .none,
            "Whether disabling tiered storage deletes what is there."),
        .init(
            "remote.storage.enable", .boolean, "false", .none,
            "Whether tiered storage is used; it is not served."),
    ]
}
