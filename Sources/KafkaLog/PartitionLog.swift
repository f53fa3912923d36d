public import KafkaBase

/// The log of one partition: its segments in the order of their offsets, the last of them active
/// (Kafka's `UnifiedLog` and `LocalLog`).
///
/// Owns the partition's directory. Not thread-safe: its owner confines it to one thread at a time
/// and may hand it on. Nothing here waits for a disk's sync, which `FlushQueue` does by tickets;
/// what blocks says so. Memory does not grow with the log but by some bytes per segment, and of
/// segments that are only read at most `maxOpenSegments` stay open.
public final class PartitionLog: @unchecked Sendable {
    /// Sealed segments whose files stay open between reads.
    static let maxOpenSegments = 8

    public let topicPartition: TopicPartition
    /// `Uuid.zero` where the directory does not tell.
    public let topicID: Uuid
    public internal(set) var directoryPath: String
    /// May change at any time; takes effect with the next append.
    public var settings: LogSettings

    let disk: any Disk
    let health: DirectoryHealth
    /// Never empty; base offsets rise.
    var segments: [Segment]
    var epochs: LeaderEpochCache
    /// At the log's end.
    public internal(set) var producers: ProducerStates
    /// Offset of the newest producer snapshot.
    var snapshotOffset: Int64
    let epochFile: LeaderEpochFile
    /// Where the first leader epoch begins that the checkpoint may not have.
    var unsavedEpochStart: Int64?
    var hints = PositionHints()
    var flushes = FlushState()
    let generation = LogGeneration()
    /// Takes the files of segments that leave the log.
    let removals: DelayedRemovals
    var isClosed = false
    /// Sealed segments with open files, the one opened last at the end.
    var openSegments: [Segment] = []

    /// First offset that can be read. Below it lies what was deleted by DeleteRecords or retention.
    public internal(set) var logStartOffset: Int64
    /// The offset that the next record gets.
    public internal(set) var logEndOffset: Int64
    /// Records below this offset are known to be on disk (the recovery point).
    public internal(set) var flushedOffset: Int64
    /// Bytes of all segments' records.
    public internal(set) var sizeBytes: Int

    /// - Parameter removals: the log directory's.
    init(
        _ loaded: LoadedLog, disk: any Disk, health: DirectoryHealth, removals: DelayedRemovals
    ) {
        self.disk = disk
        self.health = health
        self.removals = removals
        topicPartition = loaded.topicPartition
        topicID = loaded.topicID
        directoryPath = loaded.directory
        settings = loaded.settings
        segments = loaded.segments
        epochs = loaded.epochs
        producers = loaded.producers
        snapshotOffset = loaded.snapshotOffset
        epochFile = LeaderEpochFile(disk: disk, directory: loaded.directory)
        logStartOffset = loaded.logStartOffset
        logEndOffset = loaded.logEndOffset
        flushedOffset = loaded.flushedOffset
        sizeBytes = loaded.segments.reduce(0) { $0 + $1.sizeBytes }
        for segment in loaded.unflushedSegments { flushes.add(segment) }
        if loaded.hasUnsyncedDirectory { flushes.directoryChanged() }
        active.drawRollJitter(settings)
        if loaded.hasUnsavedEpochs {
            flushes.epochsChanged()
            unsavedEpochStart = loaded.flushedOffset
        }
    }

    public var topic: String { topicPartition.topic }
    public var partition: Int32 { topicPartition.partition }
    /// The epochs that the log's records were written in.
    public var leaderEpochs: LeaderEpochCache { epochs }
    /// Whether the log directory takes no more writes.
    public var isFailed: Bool { health.isFailed }
    public var segmentCount: Int { segments.count }
    /// The log directory that the partition's directory lies in.
    public var logDirectoryPath: String { health.path }

    var active: Segment { segments[segments.count - 1] }

    /// Index of the last segment whose base offset is at or below an offset; 0 if there is none.
    func segmentIndex(for offset: Int64) -> Int {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if segments[middle].baseOffset <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// The largest epoch at or below the one asked for and where it ends; (-1, -1) for none (the
    /// answer to OffsetForLeaderEpoch).
    public func endOffset(forLeaderEpoch epoch: Int32) -> (epoch: Int32, endOffset: Int64) {
        epochs.endOffset(for: epoch, logEndOffset: logEndOffset)
    }

    /// Moves the log start up (DeleteRecords). Files stay until `discardBelowLogStart`; the
    /// directory's checkpoint keeps the offset (`LogDirectory.noteLogStarts`).
    ///
    /// - Throws: `LogError.offsetOutOfRange` beyond the log end. At or below the log start nothing
    ///   happens.
    public func advanceLogStart(to offset: Int64) throws(LogError) {
        guard offset <= logEndOffset else {
            throw .offsetOutOfRange(requested: offset, start: logStartOffset, end: logEndOffset)
        }
        guard offset > logStartOffset else { return }
        logStartOffset = offset
        if epochs.truncate(fromStart: offset) { flushes.epochsChanged() }
    }

    /// Where the next recovery has to begin. Of a segment that lies below it nothing is looked at
    /// again, so it stays inside of a segment whose indexes, or whose cut end after a refused
    /// append, may not be on the disk: the active one, and those whose sealing is not synced.
    private var recoveryPoint: Int64 {
        if isClosed { return flushedOffset }
        // Only a scan would find epochs again that the checkpoint does not have.
        return min(syncedPoint, unsavedEpochStart ?? .max)
    }

    private var syncedPoint: Int64 {
        if let unsynced = flushes.segments.map(\.segment.baseOffset).min(),
            let next = segments.first(where: { $0.baseOffset > unsynced })
        {
            return min(flushedOffset, next.baseOffset - 1)
        }
        return active.sizeBytes > 0 ? min(flushedOffset, logEndOffset - 1) : flushedOffset
    }

    /// What the directory's checkpoint files keep of this log.
    public var checkpoint: LogCheckpoint {
        // Until the directory is synced, a crash may bring segments back that were renamed.
        let isTold = logStartOffset == segments[0].baseOffset && !flushes.isDirectoryDirty
        return LogCheckpoint(
            topicPartition: topicPartition, recoveryPoint: recoveryPoint,
            logStartOffset: isTold || logStartOffset == 0 ? nil : logStartOffset)
    }
}

/// A row of the log directory's checkpoint files, to be collected on the logs' threads and written
/// on another.
public struct LogCheckpoint: Sendable, Equatable {
    public var topicPartition: TopicPartition
    public var recoveryPoint: Int64
    /// Nil where the first segment's name says it.
    public var logStartOffset: Int64?
}
