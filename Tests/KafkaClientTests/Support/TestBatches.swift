import KafkaBase
import KafkaRecords
import NIOCore
import Synchronization

@testable import KafkaClient

/// Batches made for tests.
enum TestBatches {
    static func bytes(
        _ values: [String], base: Int64 = 0, compression: Compression = .none,
        producer: RecordBatchBuilder.ProducerState = .none, epoch: Int32 = 0
    ) throws -> ByteBuffer {
        var builder = RecordBatchBuilder(compression: compression)
        for (index, value) in values.enumerated() {
            Array(value.utf8).withUnsafeBytes {
                builder.append(timestamp: Int64(1000 + index), key: nil, value: $0)
            }
        }
        var bytes = try builder.finish(producer: producer)
        bytes.withUnsafeMutableReadableBytes {
            RecordBatchPatch.assign(baseOffset: base, leaderEpoch: epoch, to: $0)
        }
        return bytes
    }

    /// A transaction's marker.
    static func marker(isAbort: Bool, producer: Int64, base: Int64) throws -> ByteBuffer {
        var builder = RecordBatchBuilder()
        let key: [UInt8] = [0, 0, 0, isAbort ? 0 : 1]
        let value: [UInt8] = [0, 0, 0, 0, 0, 0]
        key.withUnsafeBytes { key in
            value.withUnsafeBytes { builder.append(timestamp: 1, key: key, value: $0) }
        }
        var bytes = try builder.finish(
            producer: RecordBatchBuilder.ProducerState(
                id: producer, epoch: 0, baseSequence: -1, isTransactional: true))
        bytes.withUnsafeMutableReadableBytes { bytes in
            RecordBatchPatch.assign(baseOffset: base, leaderEpoch: 0, to: bytes)
            bytes[22] |= 0x20  // control
        }
        let crc = bytes.withUnsafeReadableBytes { RecordBatchHeader.computeCrc(of: $0) }
        bytes.setInteger(crc, at: bytes.readerIndex + 17)
        return bytes
    }

    static func queue(_ number: Int32 = 0, topic: String = "t") -> PartitionQueue {
        PartitionQueue(
            TopicPartition(topic: topic, partition: number), batchBytes: 1_000_000,
            backoff: Backoff(initialMs: 100, maxMs: 1000))
    }

    /// A closed batch with so many records.
    static func batch(
        _ queue: PartitionQueue, _ recordCount: Int = 1, at time: NIODeadline
    ) throws -> ProducerBatch {
        let bytes = try bytes((0..<recordCount).map { "value \($0)" })
        queue.unsentCount.wrappingAdd(1, ordering: .relaxed)
        return ProducerBatch(
            partition: queue, content: .encoded(bytes), recordCount: recordCount,
            uncompressedBytes: bytes.readableBytes, reservedBytes: 100, createdAt: time)
    }
}
