import KafkaBase
import KafkaLog

/// What went into a partition and out of it since the broker began to serve it.
///
/// Its partition's, and so confined to that one's event loop: counting is an addition.
struct PartitionCounters: Sendable, Equatable {
    private(set) var bytesIn = 0
    private(set) var recordsIn = 0
    private(set) var bytesOut = 0
    private(set) var recordsOut = 0
    private(set) var segmentsDiscarded = 0

    mutating func appended(bytes: Int, records: Int) {
        bytesIn += bytes
        recordsIn += records
    }

    /// - Parameter records: offsets from the one asked for to the end of what was read.
    mutating func read(bytes: Int, records: Int64) {
        bytesOut += bytes
        recordsOut += Int(records)
    }

    mutating func discarded(segments: Int) { segmentsDiscarded += segments }

    mutating func add(_ other: PartitionCounters) {
        bytesIn += other.bytesIn
        recordsIn += other.recordsIn
        bytesOut += other.bytesOut
        recordsOut += other.recordsOut
        segmentsDiscarded += other.segmentsDiscarded
    }
}

/// A partition as it was at one moment.
struct PartitionSample: Sendable {
    var name: TopicPartition
    var logStartOffset: Int64
    var logEndOffset: Int64
    var highWatermark: Int64
    var lastStableOffset: Int64
    var sizeBytes: Int
    var segmentCount: Int
    var counters: PartitionCounters

    /// On the partition's event loop, which must not have let go of the log.
    init(_ partition: Partition) {
        name = partition.name
        logStartOffset = partition.log.logStartOffset
        logEndOffset = partition.log.logEndOffset
        highWatermark = partition.highWatermark
        lastStableOffset = partition.lastStableOffset
        sizeBytes = partition.log.sizeBytes
        segmentCount = partition.log.segmentCount
        counters = partition.counters
    }
}
