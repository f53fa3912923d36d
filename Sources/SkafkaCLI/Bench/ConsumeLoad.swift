internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords
internal import NIOCore
internal import Synchronization

/// Reads partitions as fast as they come and counts. One task's own.
struct ConsumeLoad {
    private let consumer: Consumer
    private let limit: Int?
    private let idleTimeoutMs: Int
    /// Where the partitions end that are still read; nil for no end.
    private var open: [TopicPartition: PartitionRange]

    private(set) var records = 0
    /// Of keys and values.
    private(set) var bytes = 0
    /// From the first fetch to the last record.
    private(set) var elapsedNs: UInt64 = 1
    /// How long `poll` took each time.
    private(set) var waits = LatencyHistogram()
    /// `records`, for whoever watches.
    let counter = SharedCount()

    init(
        _ consumer: Consumer, _ ranges: [TopicPartition: PartitionRange], limit: Int?,
        idleTimeoutMs: Int
    ) {
        self.consumer = consumer
        self.limit = limit
        self.idleTimeoutMs = idleTimeoutMs
        open = ranges.filter { !$0.value.isEmpty }
    }

    /// Ends with the partitions, with the limit, or when nothing came for the idle timeout.
    ///
    /// - Throws: `KafkaError`.
    mutating func run() async throws {
        var reader = RecordBatchReader()
        let startNs = NIODeadline.now().uptimeNanoseconds
        consumer.assign(open.mapValues(\.start))
        while !open.isEmpty, records < limit ?? .max {
            let askedNs = NIODeadline.now().uptimeNanoseconds
            let fetched = try await consumer.poll(timeoutMs: limit == nil ? nil : idleTimeoutMs)
            guard !fetched.isEmpty else { return }
            waits.add(nanoseconds: NIODeadline.now().uptimeNanoseconds - askedNs)
            for records in fetched { try take(records, &reader) }
            elapsedNs = NIODeadline.now().uptimeNanoseconds - startNs
            counter.store(records)
        }
    }

    private mutating func take(
        _ fetched: FetchedRecords, _ reader: inout RecordBatchReader
    ) throws {
        let partition = TopicPartition(topic: fetched.topic, partition: fetched.partition)
        guard let range = open[partition] else { return }
        let (from, end, limit) = (range.from, range.end ?? .max, self.limit ?? .max)
        var (records, bytes) = (self.records, self.bytes)
        try fetched.forEachRecord(reader: &reader) { record in
            guard record.offset < end, records < limit else { return .stop }
            guard record.offset >= from else { return .continue }
            records += 1
            bytes += (record.key?.count ?? 0) + (record.value?.count ?? 0)
            return .continue
        }
        (self.records, self.bytes) = (records, bytes)
        guard fetched.nextOffset >= end else { return }
        open[partition] = nil
        consumer.unassign([partition])
    }
}

/// A number that one thread writes and others look at.
final class SharedCount: Sendable {
    private let value = Atomic<Int>(0)

    func store(_ count: Int) { value.store(count, ordering: .relaxed) }
    func load() -> Int { value.load(ordering: .relaxed) }
}
