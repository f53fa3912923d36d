import KafkaBase
import KafkaLog
import NIOCore

extension Partition {
    /// Takes changed settings over: they hold from the next request on.
    func update(_ settings: TopicSettings) {
        eventLoop.preconditionInEventLoop()
        guard !isRetired else { return }
        self.settings = settings
        log.settings = settings.log
    }

    /// Moves the log start up for a client (DeleteRecords).
    ///
    /// - Parameter offset: -1 for the high watermark.
    /// - Returns: the log start. It is not durable yet.
    func deleteRecords(before offset: Int64) -> Result<Int64, ApiError> {
        eventLoop.preconditionInEventLoop()
        guard !isRetired else { return .failure(ApiError(.unknownTopicOrPartition)) }
        guard settings.isDeletedByRetention else { return .failure(ApiError(.policyViolation)) }
        let isToTheEnd = offset == -1
        guard isToTheEnd || (0...highWatermark).contains(offset) else {
            return .failure(ApiError(.offsetOutOfRange))
        }
        guard !log.isFailed else { return .failure(ApiError(.kafkaStorageError)) }
        do throws(LogError) {
            try log.advanceLogStart(to: isToTheEnd ? highWatermark : offset)
            return .success(log.logStartOffset)
        } catch {
            return .failure(ApiError(error.errorCode))
        }
    }

    /// Moves the log start above segments that have outlived the settings. Producers that have go
    /// too.
    ///
    /// - Returns: whether there are segments to discard.
    func expireSegments(nowMs: Int64) -> Bool {
        eventLoop.preconditionInEventLoop()
        guard !isRetired, !log.isFailed else { return false }
        log.removeExpiredProducers(nowMs: nowMs)
        verifications.removeExpired(
            nowMs: nowMs, expirationMs: log.settings.producerExpirationMs)
        do throws(LogError) {
            return try log.expireSegments(highWatermark: highWatermark, nowMs: nowMs)
        } catch {
            storageEvents.report(error)
            return false
        }
    }

    /// Takes the segments below the log start out of the log, once that is written down.
    func discardSegments(nowMs: Int64) {
        eventLoop.preconditionInEventLoop()
        guard !isRetired, !log.isFailed else { return }
        do throws(LogError) {
            // The log start need not be kept in a checkpoint once the directory is synced.
            let count = try log.discardBelowLogStart(nowMs: nowMs)
            counters.discarded(segments: count)
            if count > 0 { flushInBackground() }
        } catch {
            storageEvents.report(error)
        }
    }
}

extension Sequence<Partition> {
    /// Partitions whose turn comes at once: others of the event loop go in between.
    private var partitionsPerTurn: Int { 200 }

    /// Works on the partitions on their event loops, one loop after the other; the results in any
    /// order. Blocks: to be called on the storage thread.
    func onTheirLoops<Value: Sendable>(
        _ work: @escaping @Sendable ([Partition]) -> [Value]
    ) throws -> [Value] {
        var values: [Value] = []
        for (eventLoop, partitions) in grouped(by: \.eventLoop) {
            var rest = partitions[...]
            while !rest.isEmpty {
                let turn = Array(rest.prefix(partitionsPerTurn))
                rest = rest.dropFirst(turn.count)
                values += try eventLoop.submit { work(turn) }.wait()
            }
        }
        return values
    }
}
