import KafkaBase
import KafkaLog
import KafkaRecords
import NIOCore

/// Ends transactions in partitions: for the coordinators, and for WriteTxnMarkers.
///
/// Any thread; a partition's part runs on its event loop.
struct MarkerWriter: Sendable {
    let table: TopicTable
    let groups: Coordinators<GroupCoordinator>
    let clock: KafkaClock

    /// Appends a marker.
    ///
    /// - Parameters:
    ///   - version: of `transaction.version` that the marker's transaction worked by; from 2 on the
    ///     marker's epoch is above that of the records.
    ///   - then: called on the partition's event loop when the marker is durable, or may be lost;
    ///     or on the caller's thread with `UNKNOWN_TOPIC_OR_PARTITION` where the metadata has no
    ///     such partition, and only then.
    func write(
        _ marker: TransactionMarker, version: Int16 = 0, to name: TopicPartition,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        guard let partition = table.snapshot.partition(name.topic, name.partition) else {
            return then(.unknownTopicOrPartition)
        }
        // The group coordinator learns that offsets are committed.
        let shard =
            name.topic == CoordinatorTopics.offsets
            ? groups.shard(ofPartition: name.partition) : nil
        let clock = clock
        // One that the metadata has, but that has ended its service, is there again after a stop.
        let then = { @Sendable (code: ErrorCode) in
            then(code == .unknownTopicOrPartition ? .notLeaderForPartition : code)
        }
        partition.eventLoop.runOrHop {
            guard partition.takes(marker, version: version) else {
                return then(.invalidProducerEpoch)
            }
            if let shard {
                return shard.append(
                    marker.end, producerID: marker.producerID, producerEpoch: marker.producerEpoch,
                    then: then)
            }
            MarkerWriter.append(marker, to: partition, nowMs: clock.nowMs, then: then)
        }
    }

    private static func append(
        _ marker: TransactionMarker, to partition: Partition, nowMs: Int64,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let batch: ProducedBatch
        do throws(RecordsError) {
            batch = try ProducedBatch(
                marker.end, producerID: marker.producerID, producerEpoch: marker.producerEpoch,
                nowMs: nowMs)
        } catch {
            return then(.unknownServerError)
        }
        partition.append(batch, acks: -1, origin: .coordinator, nowMs: nowMs) { outcome in
            switch outcome {
            case .success: then(.none)
            case .failure(let failure): then(failure.code)
            }
        }
    }
}
