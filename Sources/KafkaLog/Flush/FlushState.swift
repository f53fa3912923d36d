/// What of a log is not known to be durable yet. A value of its log.
struct FlushState {
    /// Counts changes, so that a finished ticket tells what it covers.
    private(set) var sequence = 0
    /// Sealed segments whose files are not synced.
    private(set) var segments: [(segment: Segment, sequence: Int)] = []
    private var directorySequence: Int?
    private var epochSequence: Int?
    /// `partition.metadata` of a log that was made but a while ago.
    private(set) var metadataPath: String?
    private var metadataSequence = 0
    /// Producer snapshots that are to be written, by rising offsets.
    private(set) var snapshots: [(snapshot: ProducerSnapshot, sequence: Int)] = []

    private static let maxSnapshots = 8

    var isDirectoryDirty: Bool { directorySequence != nil }
    var areEpochsDirty: Bool { epochSequence != nil }
    var isClean: Bool {
        segments.isEmpty && snapshots.isEmpty && directorySequence == nil && epochSequence == nil
    }

    mutating func add(_ segment: Segment) {
        sequence += 1
        segments.append((segment, sequence))
    }

    /// A segment that is not part of the log any more need not be synced.
    mutating func remove(_ segment: Segment) {
        segments.removeAll { $0.segment === segment }
    }

    mutating func directoryChanged() {
        sequence += 1
        directorySequence = sequence
    }

    mutating func add(_ snapshot: ProducerSnapshot) {
        sequence += 1
        directorySequence = sequence
        snapshots.append((snapshot, sequence))
        // Each holds all producers. Those left out cost a longer recovery and nothing else.
        if snapshots.count > Self.maxSnapshots { snapshots.removeFirst() }
    }

    mutating func epochsChanged() {
        sequence += 1
        epochSequence = sequence
    }

    mutating func metadataWritten(_ path: String) {
        sequence += 1
        metadataPath = path
        metadataSequence = sequence
    }

    /// Everything up to `sequence` is durable.
    mutating func done(upTo sequence: Int) {
        for (segment, added) in segments where added <= sequence { segment.releaseIndexes() }
        segments.removeAll { $0.sequence <= sequence }
        snapshots.removeAll { $0.sequence <= sequence }
        if let dirty = directorySequence, dirty <= sequence { directorySequence = nil }
        if let dirty = epochSequence, dirty <= sequence { epochSequence = nil }
        if metadataSequence <= sequence { metadataPath = nil }
    }
}
