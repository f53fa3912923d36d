import KafkaBase
import KafkaLog
import KafkaRecords
import NIOCore

/// Appends a coordinator's records to its partition.
///
/// Confined to the partition's event loop. A batch is bounded by the topic's `max.message.bytes`.
final class PartitionCoordinatorLog: CoordinatorLog, @unchecked Sendable {
    private let partition: Partition
    private var builder = RecordBatchBuilder()
    /// Called after each `then`, which may have changed what is due.
    var didComplete: () -> Void = {}

    init(_ partition: Partition) {
        self.partition = partition
    }

    func append(
        _ records: [CoordinatorRecord], producer: RecordBatchBuilder.ProducerState, nowMs: Int64,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) {
        for record in records { add(record, nowMs: nowMs) }
        let batch: ProducedBatch
        do throws(RecordsError) {
            batch = try finish(producer)
        } catch {
            builder.removeAll()
            throw ApiError(.messageTooLarge, "\(error)")
        }
        try append(batch, nowMs: nowMs, then: then)
    }

    /// Appends the end of a transaction.
    func append(
        _ marker: EndTransactionMarker, producerID: Int64, producerEpoch: Int16, nowMs: Int64,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) {
        let batch: ProducedBatch
        do throws(RecordsError) {
            batch = try ProducedBatch(
                marker, producerID: producerID, producerEpoch: producerEpoch, nowMs: nowMs)
        } catch {
            throw ApiError(.unknownServerError, "\(error)")
        }
        try append(batch, nowMs: nowMs, then: then)
    }

    private func add(_ record: CoordinatorRecord, nowMs: Int64) {
        record.key.withUnsafeReadableBytes { key in
            guard let value = record.value else {
                return builder.append(timestamp: nowMs, key: key, value: nil)
            }
            value.withUnsafeReadableBytes { value in
                builder.append(timestamp: nowMs, key: key, value: value)
            }
        }
    }

    private func finish(
        _ producer: RecordBatchBuilder.ProducerState
    ) throws(RecordsError) -> ProducedBatch {
        try ProducedBatch(builder.finish(producer: producer))
    }

    private func append(
        _ batch: ProducedBatch, nowMs: Int64, then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) {
        do throws(ProduceFailure) {
            try ProduceRules.checkSize(batch.bytes.readableBytes, settings: partition.settings)
        } catch {
            throw ApiError(error.code, error.message)
        }
        let early = EarlyOutcome()
        partition.append(batch, acks: -1, origin: .coordinator, nowMs: nowMs) { outcome in
            guard !early.hasReturned else { return self.complete(outcome, then) }
            early.outcome = outcome
        }
        early.hasReturned = true
        switch early.outcome {
        case .failure(let failure): throw ApiError(failure.code, failure.message)
        case .success(let appended):
            partition.eventLoop.execute { self.complete(.success(appended), then) }
        case nil: break
        }
    }

    private func complete(_ outcome: Partition.Outcome, _ then: (ErrorCode) -> Void) {
        switch outcome {
        case .success: then(.none)
        case .failure(let failure): then(failure.code)
        }
        didComplete()
    }

    /// Tells an outcome that comes at once from one that comes later: callers of `append` want
    /// their records applied before they hear of them again. Confined to the event loop.
    private final class EarlyOutcome: @unchecked Sendable {
        var hasReturned = false
        var outcome: Partition.Outcome?
    }
}

extension ProducedBatch {
    /// A batch of the broker's own making.
    init(_ bytes: ByteBuffer) throws(RecordsError) {
        let header = bytes.withUnsafeReadableBytes { bytes in
            Result { () throws(RecordsError) in try RecordBatchHeader(bytes) }
        }
        self.init(header: try header.get(), bytes: bytes)
    }

    /// The end of a producer's transaction in one partition.
    init(
        _ marker: EndTransactionMarker, producerID: Int64, producerEpoch: Int16, nowMs: Int64
    ) throws(RecordsError) {
        try self.init(
            marker.batch(producerID: producerID, producerEpoch: producerEpoch, timestamp: nowMs))
    }
}
