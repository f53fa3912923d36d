internal import KafkaBase
internal import KafkaClient

/// A producer that a partition's leader knows of: a row of `txn producers`, and of `txn hanging`
/// where its transaction hangs.
struct ProducerRow: Equatable {
    var partition: TopicPartition
    var producer: ProducerState

    static var layout: RowLayout<ProducerRow> {
        RowLayout(columns: [
            .text("TOPIC", "topic") { .text($0.partition.topic) },
            .number("PARTITION", "partition") { .int($0.partition.partition) },
            .number("PRODUCER-ID", "producerId") { .int($0.producer.producerID) },
            .number("EPOCH", "producerEpoch") { .int($0.producer.producerEpoch) },
            .number("COORDINATOR-EPOCH", "coordinatorEpoch") {
                .optional($0.producer.coordinatorEpoch)
            },
            .number("LAST-SEQUENCE", "lastSequence") { .int($0.producer.lastSequence) },
            .text("LAST-TIME", nil) { .text(CivilTime.rfc3339($0.producer.lastTimestampMs)) },
            .number(nil, "lastTimestamp") { .int($0.producer.lastTimestampMs) },
            .number("START-OFFSET", "transactionStartOffset") {
                .optional($0.producer.transactionStartOffset)
            },
        ])
    }

    /// All producers of partitions, in order, and why some are not known.
    ///
    /// - Throws: `KafkaError` when no broker answers.
    static func load(
        _ partitions: [TopicPartition], _ client: KafkaClient
    ) async throws -> (rows: [ProducerRow], errors: [KafkaError]) {
        var rows: [ProducerRow] = []
        var errors: [KafkaError] = []
        let found = try await client.describeProducers(partitions)
        for partition in partitions {
            switch found[partition] {
            case .success(let producers)?:
                rows += producers.map { ProducerRow(partition: partition, producer: $0) }
            case .failure(let error)?: errors.append(error)
            case nil: continue
            }
        }
        return (rows, errors)
    }
}
