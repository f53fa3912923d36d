public import KafkaBase
internal import Synchronization

/// Logs that compaction takes care of; its calls may block.
public protocol CompactedLogs: Sendable {
    /// Those to be compacted that there are, as they are now.
    func views() -> [CompactionView]
    /// Has the log call `PartitionLog.replace` on its thread; false where there is no such log any
    /// more.
    func replace(
        with cleaned: CleanedSegment, in partition: TopicPartition
    ) throws(LogError) -> Bool
}

/// Chooses the log of a directory that needs it most and compacts it (Kafka's `LogCleaner` and
/// `LogCleanerManager`): knows how far each was gone through, which are being compacted, and which
/// could not be.
///
/// Any thread; several may compact at a time, each another log. All calls block.
public final class LogCleaner: Sendable {
    /// Bounds of what compaction takes.
    public struct Options: Sendable, Equatable {
        /// Of all threads together, in bytes (`log.cleaner.dedupe.buffer.size`).
        public var mapBytes = 32 << 20
        /// Share of the map that may be filled (`log.cleaner.io.buffer.load.factor`).
        public var mapLoadFactor = 0.9
        /// For reading and writing, of all threads together (`log.cleaner.io.buffer.size`).
        public var bufferBytes = 512 << 10
        /// Read and written (`log.cleaner.io.max.bytes.per.second`).
        public var bytesPerSecond = Double.infinity
        /// That will compact at a time (`log.cleaner.threads`).
        public var threads = 1

        public init() {}

        /// A thread's share, but never too little to get on with.
        var memory: CompactionMemory {
            CompactionMemory(
                mapBytes: max(mapBytes / max(1, threads), 16 * OffsetMap.entryBytes),
                mapLoadFactor: min(max(mapLoadFactor, 0.1), 1),
                bufferBytes: max(bufferBytes / max(1, threads) / 2, 4096))
        }
    }

    /// What a call came to.
    public enum Outcome: Sendable, Equatable {
        /// No log needs it.
        case nothingToDo
        case compacted(CompactionResult)
        /// The log is left out from now on: it holds what cannot be compacted, or cannot be read
        /// or written.
        case leftOut(TopicPartition, LogError)
        /// May go better later.
        case postponed(TopicPartition, LogError)
    }

    private struct State: Sendable {
        /// Where the next round begins.
        var checkpoints: [TopicPartition: Int64]
        var running: [TopicPartition: CancelFlag] = [:]
        var leftOut: Set<TopicPartition> = []
        var isStopped = false
    }

    private let directory: LogDirectory
    private let options: Mutex<Options>
    private let clock: KafkaClock
    private let pace: CompactionPace
    private let state: Monitor<State>
    /// Held while a log is chosen, so that nobody chooses by what another is changing.
    private let choosing = Mutex<Void>(())
    /// Held while the checkpoint is written.
    private let writing = Mutex<Void>(())

    /// - Parameter partitions: that there are. What is known of others is forgotten: a log of such
    ///   a name begins anew.
    public init(
        _ directory: LogDirectory, partitions: Set<TopicPartition>, options: Options = Options(),
        clock: KafkaClock = .system
    ) throws(LogError) {
        self.directory = directory
        self.options = Mutex(options)
        self.clock = clock
        pace = CompactionPace(bytesPerSecond: options.bytesPerSecond)
        let found = try directory.checkpoints.readCleaned()
        let known = found.filter { partitions.contains($0.key) }
        state = Monitor(State(checkpoints: known))
        guard known.count < found.count else { return }
        do throws(LogError) {
            try writeCheckpoint()
        } catch {
            // On a full disk it is written with the next round.
            guard error.isShortage else { throw error }
        }
    }

    /// Where the next round of a log begins; nil for one that was never compacted.
    func checkpoint(of partition: TopicPartition) -> Int64? {
        state.withLock { $0.checkpoints[partition] }
    }

    /// Takes over changed bounds. The rate holds at once, the memory from the next round on.
    public func update(_ options: Options) {
        self.options.withLock { $0 = options }
        pace.change(bytesPerSecond: options.bytesPerSecond)
    }

    // MARK: Compacting

    /// Compacts the log with the largest share of dirty records that is due.
    ///
    /// - Throws: `io` or `noSpace` where the checkpoint cannot be written.
    public func compactDirtiest(of logs: some CompactedLogs) throws(LogError) -> Outcome {
        guard !directory.health.isFailed, let chosen = try choose(logs) else {
            return .nothingToDo
        }
        let partition = chosen.view.topicPartition
        let round = CompactionRound(
            view: chosen.view, range: chosen.range, memory: options.withLock { $0.memory },
            pace: pace, cancellation: chosen.cancellation, nowMs: clock.nowMs
        ) { cleaned throws(LogError) in
            // Said as an answer: after an error the new segment's files would stay.
            guard !chosen.cancellation.isCancelled else { return false }
            return try logs.replace(with: cleaned, in: partition)
        }
        let result = Result { () throws(LogError) in try round.run() }
        return try finish(partition, result)
    }

    private struct Chosen {
        var view: CompactionView
        var range: CleanableRange
        var cancellation: CancelFlag
    }

    private func choose(_ logs: some CompactedLogs) throws(LogError) -> Chosen? {
        try choosing.withLock { (_) throws(LogError) -> Chosen? in
            var best: Chosen?
            var hasReset = false
            for view in logs.views() {
                guard let checkpoint = candidate(view.topicPartition) else { continue }
                let range: CleanableRange
                do throws(LogError) {
                    range = try CleanableRange(
                        view, checkpoint: checkpoint, nowMs: clock.nowMs,
                        firstTimestamp: view.firstTimestamp(of:))
                } catch {
                    // Deleted, or compacted by nobody knows whom: its turn may come again.
                    continue
                }
                if range.isReset {
                    hasReset = true
                    state.withLock {
                        $0.checkpoints[view.topicPartition] = range.firstDirtyOffset
                    }
                }
                guard range.isDue(view.settings),
                    range.dirtyRatio > best?.range.dirtyRatio ?? -1
                else { continue }
                best = Chosen(
                    view: view, range: range, cancellation: CancelFlag(path: view.directory))
            }
            if hasReset { try writeCheckpoint() }
            guard let best, begin(best) else { return nil }
            return best
        }
    }

    /// Nil for a log that is not to be compacted now, else its checkpoint, if it has one.
    private func candidate(_ partition: TopicPartition) -> Int64?? {
        state.withLock { state in
            guard state.running[partition] == nil, !state.leftOut.contains(partition) else {
                return nil
            }
            return .some(state.checkpoints[partition])
        }
    }

    private func begin(_ chosen: Chosen) -> Bool {
        state.withLock { state in
            guard !state.isStopped else { return false }
            state.running[chosen.view.topicPartition] = chosen.cancellation
            return true
        }
    }

    private func finish(
        _ partition: TopicPartition, _ result: Result<CompactionResult, LogError>
    ) throws(LogError) -> Outcome {
        defer {
            state.withLock { $0.running[partition] = nil }
            state.broadcast()
        }
        switch result {
        case .success(let done):
            state.withLock { $0.checkpoints[partition] = done.endOffset }
            try writeCheckpoint()
            return .compacted(done)
        case .failure(let error):
            guard error.isFinal else { return .postponed(partition, error) }
            state.withLock { _ = $0.leftOut.insert(partition) }
            return .leftOut(partition, error)
        }
    }

    private func writeCheckpoint() throws(LogError) {
        try writing.withLock { (_) throws(LogError) in
            try directory.checkpoints.writeCleaned(state.withLock { $0.checkpoints })
        }
    }

    // MARK: Ending

    /// Forgets a log that its owner has let go, before its directory goes: what is being done to it
    /// ends within moments.
    ///
    /// - Throws: `io` or `noSpace` where the checkpoint cannot be written.
    public func forget(_ partition: TopicPartition) throws(LogError) {
        // Whoever chooses now still knows the log; whoever does later does not.
        choosing.withLock { _ in }
        state.withLock { $0.running[partition]?.cancel() }
        let wasKnown = state.wait { state -> Bool? in
            guard state.running[partition] == nil else { return nil }
            state.leftOut.remove(partition)
            return state.checkpoints.removeValue(forKey: partition) != nil
        }
        if wasKnown { try writeCheckpoint() }
    }

    /// Lets nothing be begun any more; what is under way ends within moments. Does not wait.
    public func stop() {
        state.withLock { state in
            state.isStopped = true
            for flag in state.running.values { flag.cancel() }
        }
    }
}

extension LogError {
    /// Whether compacting the log again would end in the same way. A file that is not there went
    /// with its segment, or with the whole log.
    fileprivate var isFinal: Bool {
        if case .cancelled = self { return false }
        return !isShortage && !isNotFound
    }
}
