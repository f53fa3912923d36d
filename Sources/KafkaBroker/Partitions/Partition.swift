import KafkaBase
import KafkaLog
import KafkaRecords
import KafkaWire
import NIOCore

/// A partition this broker leads: its log, and who waits for it.
///
/// Confined to its event loop but for the constants: no locks. The log is used by nobody else until
/// `retire` gives it away.
final class Partition: @unchecked Sendable {
    /// What was appended.
    struct Appended: Sendable, Equatable {
        var baseOffset: Int64
        /// Ms since 1970 where the topic stamps its records, else -1.
        var logAppendTimeMs: Int64
        var logStartOffset: Int64
    }

    typealias Outcome = Result<Appended, ProduceFailure>

    private struct FlushWaiter {
        var appended: Appended
        var then: @Sendable (Outcome) -> Void
    }

    let name: TopicPartition
    let topicID: Uuid
    let leaderEpoch: Int32
    let eventLoop: any EventLoop
    /// On the event loop, as all that follows.
    let log: PartitionLog
    private let flushQueue: FlushQueue
    private let flushPolicy: FlushPolicy
    let storageEvents: StorageEvents
    /// Changed by `update` alone.
    var settings: TopicSettings

    private var signal = FetchSignal()
    private var signalIsScheduled = false
    private var flushWaiters = FlushWaiters<FlushWaiter>()
    private var unflushedRecords: Int64 = 0
    private var flushTimer: Scheduled<Void>?
    private(set) var isRetired = false
    var counters = PartitionCounters()
    var verifications = TransactionVerifications()
    var turns = ProducerTurns()

    init(
        log: PartitionLog, name: TopicPartition, topicID: Uuid, leaderEpoch: Int32,
        settings: TopicSettings, eventLoop: any EventLoop, flushQueue: FlushQueue,
        flushPolicy: FlushPolicy, storageEvents: StorageEvents
    ) {
        self.log = log
        self.name = name
        self.topicID = topicID
        self.leaderEpoch = leaderEpoch
        self.settings = settings
        self.eventLoop = eventLoop
        self.flushQueue = flushQueue
        self.flushPolicy = flushPolicy
        self.storageEvents = storageEvents
    }

    /// The first offset that consumers do not get yet. A node alone has no followers to wait for.
    var highWatermark: Int64 { log.logEndOffset }
    /// The first offset that read_committed consumers do not get yet.
    var lastStableOffset: Int64 { log.lastStableOffset(upTo: highWatermark) }

    /// The first offset that a consumer of this isolation does not get yet.
    func readableEnd(_ isReadCommitted: Bool) -> Int64 {
        isReadCommitted ? lastStableOffset : highWatermark
    }

    /// The error for a client that knows another leader epoch than this partition's, if it tells
    /// one (KIP-320).
    func epochError(_ known: Int32) -> ErrorCode {
        if known < 0 || known == leaderEpoch { return .none }
        return known < leaderEpoch ? .fencedLeaderEpoch : .unknownLeaderEpoch
    }

    /// The leader epoch that the log start was written in; -1 where the log does not tell (Kafka's
    /// `UnifiedLog.fetchOffsetByTimestamp`).
    var firstLeaderEpoch: Int32 {
        guard let first = log.leaderEpochs.entries.first else {
            return log.logStartOffset == log.logEndOffset ? leaderEpoch : -1
        }
        return first.startOffset <= log.logStartOffset ? first.epoch : -1
    }

    /// The largest leader epoch at or below the one asked for, and where its records end; (-1, -1)
    /// for none.
    func endOffset(ofLeaderEpoch asked: Int32) -> (epoch: Int32, endOffset: Int64) {
        // Also where nothing was written in it yet.
        if asked == leaderEpoch { return (leaderEpoch, highWatermark) }
        let end = log.endOffset(forLeaderEpoch: asked)
        // An epoch that has passed without a record ended where the log does.
        let isSilent = end.epoch < 0 && (0..<leaderEpoch).contains(asked)
        return isSilent ? (asked, highWatermark) : end
    }

    // MARK: Appending

    /// Appends a batch that was checked.
    ///
    /// - Parameters:
    ///   - acks: -1, 0 or 1.
    ///   - origin: who writes, and so what of the producer is checked.
    ///   - then: called on the event loop, when the append is as durable as asked for.
    func append(
        _ batch: consuming ProducedBatch, acks: Int16, origin: AppendOrigin = .client, nowMs: Int64,
        then: @escaping @Sendable (Outcome) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        guard !isRetired else {
            return then(.failure(ProduceFailure(.unknownTopicOrPartition)))
        }
        if settings.isLogAppendTime { Partition.stamp(&batch, nowMs) }
        let recordCount = Int64(batch.header.recordCount)
        let producerInTransaction = batch.isTransactional ? batch.producer : nil
        let isMarker = batch.header.attributes.isControl
        let result: LogAppend
        do throws(LogError) {
            result = try log.append(
                batch.bytes, batches: [batch.header], leaderEpoch: leaderEpoch, origin: origin,
                nowMs: nowMs)
        } catch {
            storageEvents.report(error, in: name)
            return then(.failure(ProduceFailure(error.errorCode, "\(error)")))
        }
        if let producerInTransaction {
            if isMarker {
                verifications.didEnd(producerInTransaction)
            } else {
                verifications.didAppend(producerInTransaction.id)
            }
        }
        let appended = Appended(
            baseOffset: result.firstOffset,
            logAppendTimeMs: settings.isLogAppendTime ? result.duplicate?.timestamp ?? nowMs : -1,
            logStartOffset: result.logStartOffset)
        if result.didRoll { storageEvents.noteRoll(of: name, at: result.firstOffset) }
        // One that was sent again waits for the disk all the same: its first answer may be lost.
        if !result.isDuplicate {
            unflushedRecords += recordCount
            counters.appended(
                bytes: batch.bytes.readableBytes, records: Int(batch.header.recordCount))
            scheduleSignal()
        }
        switch flushPolicy.need(
            acks: acks, unflushedRecords: unflushedRecords, flushMessages: settings.flushMessages)
        {
        case .wait: return flush(FlushWaiter(appended: appended, then: then))
        case .background: flush(nil)
        // A segment that is full is flushed whatever the policy, so that recovery stays short.
        case .none: if result.didRoll { flush(nil) } else { scheduleFlush() }
        }
        then(.success(appended))
    }

    private static func stamp(_ batch: inout ProducedBatch, _ nowMs: Int64) {
        batch.bytes.withUnsafeMutableReadableBytes {
            RecordBatchPatch.setLogAppendTime(nowMs, in: $0)
        }
        let header = batch.bytes.withUnsafeReadableBytes { try? RecordBatchHeader($0) }
        if let header { batch.header = header }
    }

    // MARK: Flushing

    private func flush(_ waiter: FlushWaiter?) {
        if flushWaiters.add(endOffset: log.logEndOffset, waiter) { startFlush() }
    }

    /// Has made durable what is not, waiting for nobody.
    func flushInBackground() { flush(nil) }

    private func startFlush() {
        flushTimer?.cancel()
        flushTimer = nil
        unflushedRecords = 0
        do throws(LogError) {
            guard let ticket = try log.flushTicket() else { return hasFlushed(nil, .success(())) }
            flushQueue.submit([ticket]) { result in
                self.eventLoop.execute { self.hasFlushed(ticket, result) }
            }
        } catch {
            hasFlushed(nil, .failure(error))
        }
    }

    /// - Parameter ticket: nil when all was on the disk already.
    private func hasFlushed(_ ticket: FlushTicket?, _ result: Result<Void, LogError>) {
        guard !isRetired else { return }
        switch result {
        case .success:
            if let ticket { log.didFlush(ticket) }
            let (done, flushAgain) = flushWaiters.flushed(
                upTo: ticket?.endOffset ?? log.logEndOffset)
            if flushAgain { startFlush() }
            for waiter in done { waiter.then(.success(waiter.appended)) }
        case .failure(let error):
            storageEvents.report(error)
            fail(flushWaiters.failed(), ProduceFailure(error.errorCode, "\(error)"))
        }
    }

    private func fail(_ waiters: [FlushWaiter], _ failure: ProduceFailure) {
        for waiter in waiters { waiter.then(.failure(failure)) }
    }

    /// Flushes in a while, where the settings say so.
    private func scheduleFlush() {
        guard flushTimer == nil,
            let delayMs = flushPolicy.intervalMs(flushMs: settings.flushMs)
        else { return }
        flushTimer = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(delayMs)) {
            [weak self] in
            guard let self, !self.isRetired else { return }
            self.flushTimer = nil
            self.flush(nil)
        }
    }

    // MARK: Long polls

    /// Calls back whenever there is more than the waiter knows of, until `removeWaiter`.
    func addWaiter(
        _ id: FetchSignal.WaiterID, isReadCommitted: Bool, seenEndOffset: Int64,
        notify: @escaping @Sendable (FetchSignal.Event) -> Void
    ) {
        guard !isRetired else { return notify(.changed) }
        signal.add(
            id, isReadCommitted: isReadCommitted, seenEndOffset: seenEndOffset, notify: notify)
        if seenEndOffset < readableEnd(isReadCommitted) { scheduleSignal() }
    }

    func removeWaiter(_ id: FetchSignal.WaiterID) { signal.remove(id) }

    var waiterCount: Int { signal.count }

    /// Once for all appends of a turn of the event loop, behind the producers' replies.
    private func scheduleSignal() {
        guard !signal.isEmpty, !signalIsScheduled else { return }
        signalIsScheduled = true
        eventLoop.execute {
            self.signalIsScheduled = false
            guard !self.isRetired else { return }
            let calls = self.signal.appended(
                highWatermark: self.highWatermark, lastStableOffset: self.lastStableOffset
            ) { self.log.bytesAvailable(from: $0, upTo: $1) }
            for call in calls { call() }
        }
    }

    // MARK: The end

    /// Ends the partition's service: who waits is told, and the log is the caller's.
    func retire() -> PartitionLog {
        eventLoop.preconditionInEventLoop()
        isRetired = true
        flushTimer?.cancel()
        flushTimer = nil
        fail(flushWaiters.failed(), ProduceFailure(.unknownTopicOrPartition))
        for call in signal.changed() { call() }
        return log
    }
}
