extension BrokerSettings {
    private static let largestInt = "2147483647"

    /// Of consumer groups (Kafka's `GroupCoordinatorConfig`).
    static let groupDefinitions: [SettingDefinition] = classicGroups + consumerGroups + offsets

    private static let classicGroups: [SettingDefinition] = [
        .init(
            "group.initial.rebalance.delay.ms", .int, "3000", .atLeast(0),
            "How long the first rebalance of a group waits for further members, in ms."),
        .init(
            "group.min.session.timeout.ms", .int, "6000", .atLeast(1),
            "Shortest session timeout that a member may ask for, in ms."),
        .init(
            "group.max.session.timeout.ms", .int, "1800000", .atLeast(1),
            "Longest session timeout that a member may ask for, in ms."),
        .init(
            "group.max.size", .int, largestInt, .atLeast(1),
            "Members that a group of the classic protocol can have."),
    ]

    private static let consumerGroups: [SettingDefinition] = [
        .init(
            "group.coordinator.rebalance.protocols", .list, "classic,consumer",
            .oneOf(["classic", "consumer"]),
            "Group protocols that are served (KIP-848)."),
        .init(
            "group.coordinator.append.linger.ms", .int, "5", .atLeast(0),
            "How long the answer to a heartbeat that changed something is held (KIP-848), in ms."),
        .init(
            "group.consumer.session.timeout.ms", .int, "45000", .atLeast(1),
            "Time without a heartbeat after which a member is removed (KIP-848), in ms."),
        .init(
            "group.consumer.min.session.timeout.ms", .int, "45000", .atLeast(1),
            "Shortest session timeout that a group may be given (KIP-848), in ms."),
        .init(
            "group.consumer.max.session.timeout.ms", .int, "60000", .atLeast(1),
            "Longest session timeout that a group may be given (KIP-848), in ms."),
        .init(
            "group.consumer.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            "Time between two heartbeats of a member (KIP-848), in ms."),
        .init(
            "group.consumer.min.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            "Shortest heartbeat interval that a group may be given (KIP-848), in ms."),
        .init(
            "group.consumer.max.heartbeat.interval.ms", .int, "15000", .atLeast(1),
            "Longest heartbeat interval that a group may be given (KIP-848), in ms."),
        .init(
            "group.consumer.max.size", .int, largestInt, .atLeast(1),
            "Members that a group of the consumer protocol can have."),
        .init(
            "group.consumer.assignors", .list, "uniform,range", .oneOf(["uniform", "range"]),
            "Server-side assignors, the default one first (KIP-848)."),
        .init(
            "group.consumer.migration.policy", .string, "bidirectional",
            .oneOf(["bidirectional", "upgrade", "downgrade", "disabled"]),
            "Between which protocols a group may change while it has members (KIP-848)."),
    ]

    private static let offsets: [SettingDefinition] = [
        .init(
            "offset.metadata.max.bytes", .int, "4096", .atLeast(0),
            "Longest text that can be committed with an offset, in bytes."),
        .init(
            "offsets.retention.minutes", .int, "10080", .atLeast(1),
            "Age at which committed offsets go when their group does not use them any more."),
        .init(
            "offsets.retention.check.interval.ms", .long, "600000", .atLeast(1),
            "Time between two looks for offsets that have expired, in ms."),
        .init(
            "offsets.topic.num.partitions", .int, "8", .atLeast(1),
            "Partitions of the topic that groups are kept in (Kafka: 50)."),
        .init(
            "offsets.topic.replication.factor", .short, "1", .atLeast(1),
            "Replicas of the topic that groups are kept in; a single node has one (Kafka: 3)."),
        .init(
            "offsets.topic.segment.bytes", .int, "104857600", .atLeast(1),
            "Segment size of the topic that groups are kept in, in bytes."),
    ]

    /// Of transactions (Kafka's `TransactionLogConfig`, `TransactionStateManagerConfig`).
    static let transactionDefinitions: [SettingDefinition] = [
        .init(
            "transaction.max.timeout.ms", .int, "900000", .atLeast(1),
            "Longest timeout that a transactional producer may ask for, in ms."),
        .init(
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", .int, "10000",
            .atLeast(1), "Time between two looks for transactions that have timed out, in ms."),
        .init(
            "transaction.remove.expired.transaction.cleanup.interval.ms", .int, "3600000",
            .atLeast(1), "Time between two looks for transactional ids that have expired, in ms."),
        .init(
            "transactional.id.expiration.ms", .int, "604800000", .atLeast(1),
            "Time after which an unused transactional id is forgotten, in ms."),
        .init(
            "transaction.partition.verification.enable", .boolean, "true", .none,
            "Whether records of a transaction are taken only where it is known to run (KIP-890)."),
        .init(
            "transaction.state.log.num.partitions", .int, "8", .atLeast(1),
            "Partitions of the topic that transactions are kept in (Kafka: 50)."),
        .init(
            "transaction.state.log.replication.factor", .short, "1", .atLeast(1),
            "Replicas of the topic that transactions are kept in; a single node has one (Kafka: 3)."
        ),
        .init(
            "transaction.state.log.min.isr", .int, "1", .atLeast(1),
            "In-sync replicas of the topic that transactions are kept in (Kafka: 2)."),
        .init(
            "transaction.state.log.segment.bytes", .int, "104857600", .atLeast(1),
            "Segment size of the topic that transactions are kept in, in bytes."),
    ]
}
