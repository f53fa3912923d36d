internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords
internal import NIOCore
internal import Synchronization

/// Reads partitions as fast as they come and counts. One task's own.
struct ConsumeLoad {
    private let reader: any BenchReader
    private let limit: Int?
    private let idleTimeoutMs: Int
    /// What is still read of each partition; nil where a group decides.
    private var open: [TopicPartition: PartitionRange]?
    /// When a group's member got its first partitions, in ns; the time before is not the load's.
    private let joinedNs: SharedCount

    private(set) var records = 0
    /// Of keys and values.
    private(set) var bytes = 0
    /// From the first fetch to the last record.
    private(set) var elapsedNs: UInt64 = 1
    /// How long `poll` took each time.
    private(set) var waits = LatencyHistogram()
    /// `records`, for whoever watches.
    let counter = SharedCount()

    /// Reads partitions, which the reader has been given.
    init(
        _ reader: any BenchReader, _ ranges: [TopicPartition: PartitionRange], limit: Int?,
        idleTimeoutMs: Int
    ) {
        self.reader = reader
        self.limit = limit
        self.idleTimeoutMs = idleTimeoutMs
        joinedNs = SharedCount()
        open = ranges
    }

    /// Reads what a group's member is given.
    init(_ member: GroupConsumer, joinedNs: SharedCount, limit: Int, idleTimeoutMs: Int) {
        reader = member
        self.limit = limit
        self.idleTimeoutMs = idleTimeoutMs
        self.joinedNs = joinedNs
    }

    /// Ends with the partitions, with the limit, or when nothing came for the idle timeout.
    ///
    /// - Throws: `KafkaError`.
    mutating func run() async throws {
        var batches = RecordBatchReader()
        let startNs = NIODeadline.now().uptimeNanoseconds
        while open?.isEmpty != true, records < limit ?? .max {
            let askedNs = NIODeadline.now().uptimeNanoseconds
            let fetched = try await reader.poll(timeoutMs: limit == nil ? nil : idleTimeoutMs)
            guard !fetched.isEmpty else { return }
            let joinedNs = UInt64(joinedNs.load())
            waits.add(nanoseconds: NIODeadline.now().uptimeNanoseconds - max(askedNs, joinedNs))
            for records in fetched { try take(records, &batches) }
            elapsedNs = NIODeadline.now().uptimeNanoseconds - max(startNs, joinedNs)
            counter.store(records)
        }
    }

    private mutating func take(
        _ fetched: FetchedRecords, _ batches: inout RecordBatchReader
    ) throws {
        let partition = TopicPartition(topic: fetched.topic, partition: fetched.partition)
        if let open, open[partition] == nil { return }
        let range = open?[partition]
        let (from, end, limit) = (range?.from ?? 0, range?.end ?? .max, self.limit ?? .max)
        var (records, bytes) = (self.records, self.bytes)
        try fetched.forEachRecord(reader: &batches) { record in
            guard record.offset < end, records < limit else { return .stop }
            guard record.offset >= from else { return .continue }
            records += 1
            bytes += (record.key?.count ?? 0) + (record.value?.count ?? 0)
            return .continue
        }
        (self.records, self.bytes) = (records, bytes)
        guard fetched.nextOffset >= end else { return }
        open?[partition] = nil
        reader.isDone(with: partition)
    }
}

/// A number that one thread writes and others look at.
final class SharedCount: Sendable {
    private let value = Atomic<Int>(0)

    func store(_ count: Int) { value.store(count, ordering: .relaxed) }
    func load() -> Int { value.load(ordering: .relaxed) }
}
