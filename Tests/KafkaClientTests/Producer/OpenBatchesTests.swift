import KafkaBase
import KafkaRecords
import NIOConcurrencyHelpers
import NIOCore
import Synchronization
import Testing

@testable import KafkaClient

/// How records become batches, with a clock and a buffer that the test holds.
@Suite struct OpenBatchesTests {
    private final class Sink: BatchSink {
        let closed = NIOLockedValueBox<[ProducerBatch]>([])
        let opened = NIOLockedValueBox(0)
        let time = NIOLockedValueBox(NIODeadline.uptimeNanoseconds(1_000_000_000))
        let budget: BufferBudget

        init(limitBytes: Int) { budget = BufferBudget(limitBytes: limitBytes) }

        var now: NIODeadline { time.withLockedValue { $0 } }
        func reserve(_ bytes: Int) -> Bool { budget.reserve(bytes) }
        func release(_ bytes: Int) { budget.release(bytes) }
        func takeMemory() -> BatchMemory { BatchMemory(capacityBytes: 100) }
        func batchOpened() { opened.withLockedValue { $0 += 1 } }
        func submit(_ batch: ProducerBatch) { closed.withLockedValue { $0.append(batch) } }
        func wait(_ ms: Int64) { time.withLockedValue { $0 = $0 + .milliseconds(ms) } }
        var counts: [Int] { closed.withLockedValue { $0.map(\.recordCount) } }
    }

    private func make(_ sink: Sink, partitions: Int = 1, batchBytes: Int = 1000) -> OpenBatches {
        var batches = OpenBatches(topic: "t", partitioner: .murmur2, sink: sink) { number in
            PartitionQueue(
                .init(topic: "t", partition: number), batchBytes: batchBytes,
                backoff: Backoff(initialMs: 1, maxMs: 1))
        }
        batches.update(topic(partitions))
        return batches
    }

    private func topic(_ partitions: Int) -> ClusterMetadata.Topic {
        var topic = ClusterMetadata.Topic(name: "t")
        topic.partitions = (0..<partitions).map {
            ClusterMetadata.Partition(partition: Int32($0), leader: 1)
        }
        return topic
    }

    private func append(
        _ batches: inout OpenBatches, _ valueBytes: Int, to partition: Int32? = 0
    ) throws -> AppendResult {
        let value = [UInt8](repeating: 7, count: valueBytes)
        return try value.withUnsafeBytes { value in
            try batches.append(
                key: nil, value: value, timestamp: 1, headers: nil, partition: partition,
                bound: RecordBatchBuilder.upperBound(keyBytes: 0, valueBytes: valueBytes))
        }
    }

    @Test func manyPartitionsShareTheBuffer() throws {
        let sink = Sink(limitBytes: 1 << 20)
        var batches = OpenBatches(
            topic: "t", partitioner: .murmur2, sink: sink, bufferBytes: 1 << 20
        ) { number in
            PartitionQueue(
                .init(topic: "t", partition: number), batchBytes: 1 << 20,
                backoff: Backoff(initialMs: 1, maxMs: 1))
        }
        batches.update(topic(100))
        for partition in 0..<Int32(100) {
            #expect(try append(&batches, 100, to: partition) == .accepted)
        }
        #expect(sink.counts.isEmpty, "all stay open")
    }

    @Test func aBatchIsClosedBeforeItGrowsTooLarge() throws {
        let sink = Sink(limitBytes: 1 << 20)
        var batches = make(sink)
        for _ in 0..<30 { #expect(try append(&batches, 100) == .accepted) }
        let closed = sink.closed.withLockedValue { $0 }
        #expect(closed.count >= 3)
        for batch in closed {
            let bytes = try batch.encoded().bytes
            #expect(bytes.readableBytes <= 1000)
            #expect(bytes.readableBytes == batch.reservedBytes, "what is held is what is counted")
        }
    }

    @Test func aLargeRecordGetsABatchOfItsOwn() throws {
        let sink = Sink(limitBytes: 1 << 20)
        var batches = make(sink)
        for size in [10, 5000, 10] { #expect(try append(&batches, size) == .accepted) }
        batches.closeAll()
        #expect(sink.counts == [1, 1, 1])
    }

    @Test func aFullBufferRefusesAndClosesWhatIsOpen() throws {
        let sink = Sink(limitBytes: 2500)
        var batches = make(sink, partitions: 4)
        var accepted = 0
        while try append(&batches, 100, to: Int32(accepted % 4)) == .accepted { accepted += 1 }
        #expect(sink.counts.reduce(0, +) == accepted, "or nothing would ever be sent")
        #expect(sink.budget.usedBytes <= 2500)
        for batch in sink.closed.withLockedValue({ $0 }) { sink.release(batch.reservedBytes) }
        #expect(sink.budget.usedBytes == 0)
        #expect(try append(&batches, 100) == .accepted)
    }

    @Test func aRecordLargerThanTheBufferFitsAlone() throws {
        let sink = Sink(limitBytes: 1000)
        var batches = make(sink)
        #expect(try append(&batches, 50_000) == .accepted)
        #expect(try append(&batches, 10) == .full)
    }

    @Test func timeClosesABatch() throws {
        let sink = Sink(limitBytes: 1 << 20)
        var batches = make(sink)
        let start = sink.now
        _ = try append(&batches, 10)
        sink.wait(5)
        _ = try append(&batches, 10)
        #expect(batches.closeBatches(openedBefore: start - .milliseconds(1)) == start)
        #expect(sink.counts == [])
        #expect(batches.closeBatches(openedBefore: start) == nil)
        #expect(sink.counts == [2])
        #expect(sink.opened.withLockedValue { $0 } == 1, "one notice for each batch")
    }

    /// While earlier batches of the partition wait for the broker, closing this one would only make
    /// it small.
    @Test func timeDoesNotCloseABatchBehindOthers() throws {
        let sink = Sink(limitBytes: 1 << 20)
        var batches = make(sink)
        _ = try append(&batches, 10)
        batches.queues[0].unsentCount.store(1, ordering: .relaxed)
        let now = sink.now
        #expect(batches.closeBatches(openedBefore: now) == now)
        #expect(sink.counts == [])
        batches.queues[0].unsentCount.store(0, ordering: .relaxed)
        #expect(batches.closeBatches(openedBefore: now) == nil)
        #expect(sink.counts == [1])
    }

    @Test func recordsWithoutKeyChangePartitionWithTheBatch() throws {
        let sink = Sink(limitBytes: 1 << 20)
        var batches = make(sink, partitions: 3)
        for _ in 0..<100 { _ = try append(&batches, 100, to: nil) }
        batches.closeAll()
        let partitions = sink.closed.withLockedValue { $0.map(\.partition.partition.partition) }
        #expect(sink.counts.reduce(0, +) == 100)
        #expect(zip(partitions, partitions.dropFirst()).allSatisfy { $0 != $1 })
    }

    @Test func newPartitionsAreUsedAndUnknownOnesRefused() throws {
        let sink = Sink(limitBytes: 1 << 20)
        var batches = make(sink, partitions: 2)
        #expect(throws: KafkaError.self) { try append(&batches, 1, to: 2) }
        #expect(throws: KafkaError.self) { try append(&batches, 1, to: -1) }
        batches.update(topic(3))
        #expect(try append(&batches, 1, to: 2) == .accepted)
        batches.end()
        #expect(sink.counts == [1])
        #expect(throws: KafkaError.closed) { try append(&batches, 1, to: 2) }
    }
}
