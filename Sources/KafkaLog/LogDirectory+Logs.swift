public import KafkaBase

extension LogDirectory {
    /// A log to be made.
    public struct NewLog: Sendable {
        public var partition: TopicPartition
        public var topicID: Uuid
        public var settings: LogSettings

        public init(partition: TopicPartition, topicID: Uuid, settings: LogSettings) {
            self.partition = partition
            self.topicID = topicID
            self.settings = settings
        }
    }

    // MARK: Making

    /// Makes an empty log.
    ///
    /// - Throws: as `createLogs`.
    public func createLog(
        _ partition: TopicPartition, topicID: Uuid, settings: LogSettings = LogSettings()
    ) throws(LogError) -> PartitionLog {
        try createLogs([NewLog(partition: partition, topicID: topicID, settings: settings)])[0]
    }

    /// Makes empty logs, for the price of one sync: their directories are durable when this
    /// returns, what is in them with their first flush. A crash before may leave a directory
    /// without a log, which the next start does not load.
    ///
    /// - Throws: `io`, `noSpace`, and nothing of them stays; `alreadyExists` where a partition has
    ///   a log.
    public func createLogs(_ logs: [NewLog]) throws(LogError) -> [PartitionLog] {
        try health.check()
        // Offsets of a deleted log must not be taken for the new one's.
        try checkpoints.forget(logs.map(\.partition))
        var made: [PartitionLog] = []
        do throws(LogError) {
            for log in logs { made.append(try make(log)) }
            try disk.syncDirectory(path)
            return made
        } catch {
            for log in made { removeUnused(log.directoryPath) }
            throw error
        }
    }

    private func make(_ log: NewLog) throws(LogError) -> PartitionLog {
        let directory = path + "/" + log.partition.description
        let metadata = directory + "/" + PartitionMetadataFile.name
        guard try disk.fileSize(metadata) == nil else { throw .alreadyExists(path: directory) }
        do throws(LogError) {
            try disk.createDirectory(directory)
            let isEmpty = try disk.list(directory).isEmpty
            try PartitionMetadataFile.write(log.topicID, disk: disk, directory: directory)
            guard isEmpty else {
                // What a crash has left of an earlier attempt.
                var loader = makeLoader(of: log.partition, settings: log.settings)
                return try makeLog(loader.load())
            }
            return try makeLog(emptyLog(log, in: directory))
        } catch {
            removeUnused(directory)
            throw error
        }
    }

    /// A log in a directory that needs no looking at.
    private func emptyLog(_ log: NewLog, in directory: String) throws(LogError) -> LoadedLog {
        let segment = try Segment.create(
            disk: disk, directory: directory, baseOffset: 0, settings: log.settings,
            nowMs: KafkaClock.system.nowMs)
        // Not many of them are used at once.
        segment.releaseFiles()
        return LoadedLog(
            topicPartition: log.partition, topicID: log.topicID, directory: directory,
            settings: log.settings, segments: [segment], epochs: LeaderEpochCache(),
            producers: ProducerStates(), snapshotOffset: 0, logStartOffset: 0, logEndOffset: 0,
            flushedOffset: 0, hasUnsyncedDirectory: true)
    }

    /// Else the next attempt would find a log. What else lies there is not ours.
    private func removeUnused(_ directory: String) {
        for kind in [SegmentFileName.Kind.log, .index, .timeindex] {
            try? disk.removeFile(SegmentFileName(0, kind).path(in: directory))
        }
        try? disk.removeFile(directory + "/" + PartitionMetadataFile.name)
        try? disk.removeDirectory(directory)
    }

    // MARK: Deleting

    /// Takes a log away for good, at once.
    public func deleteLog(_ log: PartitionLog) throws(LogError) {
        try deleteLogs([log], nowMs: 0, delayMs: 0)
        if let error = removals.removeDue(nowMs: 0).first { throw error }
    }

    /// Takes logs away for good: renames their directories, so that a crash cannot leave half of
    /// one in use, and leaves them to `removals`. Reads under way go on, for they hold their files
    /// open, and so do flushes, which have nothing more to do in the directories.
    ///
    /// - Throws: the first error, after all of them were tried.
    public func deleteLogs(
        _ logs: [PartitionLog], nowMs: Int64, delayMs: Int64
    ) throws(LogError) {
        var renamed: [String] = []
        var failure: LogError?
        for log in logs {
            let name = PartitionDirectoryName.deletedName(of: log.topicPartition, id: .random())
            log.epochFile.retire()
            do throws(LogError) {
                try disk.rename(log.directoryPath, to: path + "/" + name)
                log.directoryPath = path + "/" + name
                renamed.append(log.directoryPath)
            } catch {
                failure = failure ?? error
            }
            log.releaseFiles()
        }
        try disk.syncDirectory(path)
        removals.add(directories: renamed, nowMs: nowMs, delayMs: delayMs)
        try checkpoints.forget(logs.map(\.topicPartition))
        if let failure { throw failure }
    }

    /// Puts a log of no known topic out of the way of one of the same name, under a name that says
    /// what it is (Kafka's `-stray`). The log is not to be used any more.
    public func setAside(_ log: PartitionLog) throws(LogError) {
        let name = PartitionDirectoryName.strayName(of: log.topicPartition, id: .random())
        try disk.rename(log.directoryPath, to: path + "/" + name)
        try disk.syncDirectory(path)
        log.releaseFiles()
    }

    // MARK: Checkpoints

    /// Writes down how far each log is known to be durable and where it starts, so that the next
    /// recovery is short. Call it now and then, with the checkpoints of all logs.
    public func writeCheckpoints(_ logs: [LogCheckpoint]) throws(LogError) {
        try health.check()
        try checkpoints.write(logs)
    }

    /// Writes down where some logs start, who have moved there. Durable when it returns; on a full
    /// disk the reserve is spent on it. Blocks.
    public func noteLogStarts(_ starts: [TopicPartition: Int64]) throws(LogError) {
        try health.check()
        try checkpoints.noteLogStarts(starts)
    }
}
