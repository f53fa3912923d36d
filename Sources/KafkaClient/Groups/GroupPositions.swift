internal import KafkaBase

/// Where a member is in its partitions. A value; its owner locks it.
struct GroupPositions {
    private struct Entry {
        var position: OffsetAndMetadata
        var isPaused = false
        /// The last one that was committed.
        var committed: Int64?
    }

    private var entries: [TopicPartition: Entry] = [:]

    var partitions: Set<TopicPartition> { Set(entries.keys) }

    func position(of partition: TopicPartition) -> OffsetAndMetadata? {
        entries[partition]?.position
    }

    func isPaused(_ partition: TopicPartition) -> Bool { entries[partition]?.isPaused ?? false }

    /// - Parameter committed: what the group had committed; nil when nothing.
    mutating func begin(
        _ partition: TopicPartition, at offset: OffsetAndMetadata, committed: Int64?
    ) {
        entries[partition] = Entry(position: offset, committed: committed)
    }

    mutating func end(_ partitions: some Sequence<TopicPartition>) {
        for partition in partitions { entries[partition] = nil }
    }

    /// Records were handed out.
    mutating func advance(_ records: FetchedRecords) {
        let partition = TopicPartition(topic: records.topic, partition: records.partition)
        entries[partition]?.position = OffsetAndMetadata(
            offset: records.nextOffset, leaderEpoch: records.lastLeaderEpoch)
    }

    /// - Returns: whether the partition is the member's.
    mutating func seek(_ partition: TopicPartition, to offset: Int64) -> Bool {
        guard entries[partition] != nil else { return false }
        entries[partition]?.position = OffsetAndMetadata(offset: offset)
        return true
    }

    /// - Returns: whether this changes anything.
    mutating func setPaused(_ partition: TopicPartition, _ isPaused: Bool) -> Bool {
        guard let entry = entries[partition], entry.isPaused != isPaused else { return false }
        entries[partition]?.isPaused = isPaused
        return true
    }

    /// Positions that are not committed.
    var uncommitted: [TopicPartition: OffsetAndMetadata] {
        entries.filter { $0.value.position.offset != $0.value.committed }.mapValues(\.position)
    }

    mutating func committed(_ offsets: [TopicPartition: OffsetAndMetadata]) {
        for (partition, offset) in offsets { entries[partition]?.committed = offset.offset }
    }
}
