import KafkaBase
import KafkaWire

/// The records of `__transaction_state`, as Kafka's `TransactionLog` writes them.
extension TransactionMetadata {
    /// The version that goes with `transaction.version` 1 and above: it has the producer ids before
    /// and after.
    static let recordVersion: Int16 = 1
    private static let keyVersion: Int16 = 0

    func record(
        of transactionalID: String, version: Int16 = recordVersion
    ) throws(WireError) -> CoordinatorRecord {
        var value = TransactionLogValue()
        value.producerId = producerID
        value.producerEpoch = epoch
        value.transactionTimeoutMs = timeoutMs
        value.transactionStatus = status.rawValue
        value.transactionPartitions = status == .empty ? nil : topics
        value.transactionLastUpdateTimestampMs = lastUpdateMs
        value.transactionStartTimestampMs = startMs
        if version >= 1 {
            value.previousProducerId = previousProducerID
            value.nextProducerId = nextProducerID
            value.clientTransactionVersion = clientVersion
        }
        return try Self.record(of: transactionalID, value: value, version: version)
    }

    /// Forgets a transactional id.
    static func tombstone(of transactionalID: String) throws(WireError) -> CoordinatorRecord {
        try record(of: transactionalID, value: nil, version: recordVersion)
    }

    private static func record(
        of transactionalID: String, value: TransactionLogValue?, version: Int16
    ) throws(WireError) -> CoordinatorRecord {
        var key = TransactionLogKey()
        key.transactionalId = transactionalID
        return try CoordinatorRecord(key, type: keyVersion, value: value, version: version)
    }

    private var topics: [TransactionLogValue.PartitionsSchema] {
        partitions.numbersByTopic.map { name, numbers in
            var topic = TransactionLogValue.PartitionsSchema()
            topic.topic = name
            topic.partitionIds = numbers
            return topic
        }
    }

    /// Nil for a record of another kind.
    static func read(
        _ record: CoordinatorRecord
    ) throws(WireError) -> (transactionalID: String, metadata: TransactionMetadata?)? {
        guard record.keyType == keyVersion else { return nil }
        let transactionalID = try record.readKey(as: TransactionLogKey.self).transactionalId
        let value = try record.readValue(as: TransactionLogValue.self)
        guard let value else { return (transactionalID, nil) }
        guard let metadata = TransactionMetadata(value) else { return nil }
        return (transactionalID, metadata)
    }

    /// Nil for a state that is not known.
    private init?(_ value: TransactionLogValue) {
        guard let status = TransactionStatus(rawValue: value.transactionStatus) else { return nil }
        self.init(
            producerID: value.producerId, previousProducerID: value.previousProducerId,
            nextProducerID: value.nextProducerId, epoch: value.producerEpoch,
            timeoutMs: value.transactionTimeoutMs, status: status,
            startMs: value.transactionStartTimestampMs,
            lastUpdateMs: value.transactionLastUpdateTimestampMs,
            clientVersion: value.clientTransactionVersion)
        for topic in value.transactionPartitions ?? [] {
            for number in topic.partitionIds {
                partitions.insert(TopicPartition(topic: topic.topic, partition: number))
            }
        }
    }
}

extension Set<TopicPartition> {
    /// Topics by their names, the partitions' numbers of each rising.
    var numbersByTopic: [(topic: String, numbers: [Int32])] {
        Dictionary(grouping: self, by: \.topic)
            .map { (topic: $0.key, numbers: $0.value.map(\.partition).sorted()) }
            .sorted { $0.topic < $1.topic }
    }
}
