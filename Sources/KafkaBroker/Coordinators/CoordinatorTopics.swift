/// The internal topics, as they are made when a coordinator is first asked for.
enum CoordinatorTopics {
    static let offsets = "__consumer_offsets"
    static let transactions = "__transaction_state"

    /// Of groups and their offsets (Kafka's `GroupCoordinatorService.groupMetadataTopicConfigs`).
    static func offsets(_ settings: BrokerSettings) -> NewTopic {
        topic(offsets, settings, prefix: "offsets.topic", compression: "producer")
    }

    /// Of transactions (Kafka's `TransactionStateManager.transactionTopicConfigs`).
    static func transactions(_ settings: BrokerSettings) -> NewTopic {
        topic(
            transactions, settings, prefix: "transaction.state.log", compression: "uncompressed")
    }

    private static func topic(
        _ name: String, _ settings: BrokerSettings, prefix: String, compression: String
    ) -> NewTopic {
        NewTopic(
            name: name,
            partitionCount: settings.value(of: "\(prefix).num.partitions").flatMap(Int32.init) ?? 1,
            // A single node has one replica, whatever a cluster's settings ask for.
            replicationFactor: 1,
            configs: [
                "cleanup.policy": "compact", "compression.type": compression,
                "segment.bytes": settings.value(of: "\(prefix).segment.bytes"),
            ].compactMapValues { $0 })
    }
}
