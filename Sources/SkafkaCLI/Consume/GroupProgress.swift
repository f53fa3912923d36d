internal import KafkaBase
internal import KafkaClient

/// How far `consume -g` came in its partitions: what was printed, what of that is written for sure,
/// and what is committed. A value; its owner locks it.
struct GroupProgress {
    private struct Entry {
        var range: PartitionRange
        var printed: OffsetAndMetadata?
        /// Printed, and then written to standard output.
        var written: OffsetAndMetadata?
        var committed: Int64?
        var isFinished: Bool
    }

    private var entries: [TopicPartition: Entry] = [:]

    var isEmpty: Bool { entries.isEmpty }

    /// Whether every partition there is was read to its end.
    var isFinished: Bool { !entries.isEmpty && entries.values.allSatisfy(\.isFinished) }

    var unfinished: [TopicPartition] { entries.filter { !$0.value.isFinished }.map(\.key) }

    func range(of partition: TopicPartition) -> PartitionRange? { entries[partition]?.range }

    /// A partition was assigned.
    mutating func begin(_ partition: TopicPartition, _ range: PartitionRange) {
        let isFinished = range.end.map { range.start >= $0 } ?? false
        entries[partition] = Entry(range: range, isFinished: isFinished)
    }

    mutating func end(_ partitions: some Sequence<TopicPartition>) {
        for partition in partitions { entries[partition] = nil }
    }

    /// Reading goes on elsewhere.
    mutating func move(_ partition: TopicPartition, to offset: Int64) {
        guard let end = entries[partition]?.range.end else { return }
        if offset >= end { entries[partition]?.isFinished = true }
    }

    /// Records were printed.
    ///
    /// - Parameter end: behind the last of them.
    /// - Returns: whether that was all.
    mutating func printed(_ partition: TopicPartition, to end: OffsetAndMetadata) -> Bool {
        guard var entry = entries[partition] else { return false }
        entry.printed = end
        if let limit = entry.range.end, end.offset >= limit { entry.isFinished = true }
        entries[partition] = entry
        return entry.isFinished
    }

    /// Everything printed so far was written.
    mutating func flushed() {
        for (partition, entry) in entries { entries[partition]?.written = entry.printed }
    }

    /// What was written and is not committed yet.
    var uncommitted: [TopicPartition: OffsetAndMetadata] {
        entries.compactMapValues { entry in
            entry.written?.offset == entry.committed ? nil : entry.written
        }
    }

    mutating func committed(_ offsets: [TopicPartition: OffsetAndMetadata]) {
        for (partition, offset) in offsets { entries[partition]?.committed = offset.offset }
    }
}
