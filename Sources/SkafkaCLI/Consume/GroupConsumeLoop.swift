internal import KafkaBase
internal import KafkaClient
internal import NIOConcurrencyHelpers

/// The loop of `consume -g`: prints what the group gives, and commits what was written.
///
/// The command's task runs it; the consumer calls `rebalance` within `poll` and `close`, while
/// that task waits, so that nothing is printed meanwhile.
final class GroupConsumeLoop: Sendable {
    /// How long a member that is given nothing waits for it before it takes that for the end: a
    /// group of cooperative members needs two rounds, each noticed with a heartbeat.
    private static let emptyLimit = Duration.seconds(8)
    /// Between attempts to commit while the group rebalances.
    private static let commitPause = Duration.milliseconds(100)

    private let plan: ConsumePlan
    private let context: CommandContext
    private let printer: RecordPrinter
    private let ranges: GroupRanges
    private let client: KafkaClient
    /// The thread that prints, since standard output may block.
    private let thread = BlockingThread()
    private let outputReader: OutputReader
    private let progress = NIOLockedValueBox(GroupProgress())
    private let missing: NIOLockedValueBox<MissingTopics>
    private let nextCommit: NIOLockedValueBox<ContinuousClock.Instant>

    init(
        _ plan: ConsumePlan, _ context: CommandContext, _ printer: RecordPrinter,
        _ ranges: GroupRanges, _ client: KafkaClient
    ) {
        self.plan = plan
        self.context = context
        self.printer = printer
        self.ranges = ranges
        self.client = client
        missing = NIOLockedValueBox(
            MissingTopics(
                plan.isRegex ? [] : Set(plan.topics),
                patience: .milliseconds(plan.settings.client.timeoutMs)))
        outputReader = OutputReader(descriptor: context.outputDescriptor)
        nextCommit = NIOLockedValueBox(.now + GroupConsumeLoop.interval(plan))
    }

    private static func interval(_ plan: ConsumePlan) -> Duration {
        .milliseconds(plan.settings.group.autoCommitIntervalMs)
    }

    // MARK: The loop

    /// - Throws: `KafkaError`, `OutputError`.
    func run(_ consumer: GroupConsumer) async throws {
        var lastRecordAt = ContinuousClock.now
        var emptySince = ContinuousClock.now
        while !printer.isDone, !context.interrupts.isInterrupted {
            let now = ContinuousClock.now
            let (isFinished, isEmpty) = progress.withLockedValue { ($0.isFinished, $0.isEmpty) }
            // A group that is still being joined has given nothing away yet.
            let isMissing = try await lookForTopics()
            if !isEmpty || isMissing || !consumer.isStable { emptySince = now }
            if ranges.hasEnds {
                if isFinished { break }
                if isEmpty, now - emptySince > GroupConsumeLoop.emptyLimit { break }
            }
            // Nothing can come before the group has given this member its part.
            if isEmpty, now - emptySince <= GroupConsumeLoop.emptyLimit { lastRecordAt = now }
            if let limit = idleLimit, now - lastRecordAt >= limit { break }
            do {
                let fetched = try await next(consumer, idleEnd: idleLimit.map { lastRecordAt + $0 })
                guard !fetched.isEmpty else {
                    noteMoves(of: consumer)
                    continue
                }
                lastRecordAt = .now
                try await take(fetched, consumer)
                if nextCommit.withLockedValue({ $0 <= .now }) {
                    try await flush()
                    try await commit(consumer)
                }
            } catch let error as KafkaError {
                if context.interrupts.isInterrupted { break }
                try recover(from: error, consumer)
            }
        }
        try await flush()
    }

    private var idleLimit: Duration? { plan.idleTimeoutMs.map { .milliseconds($0) } }

    /// What was fetched; empty when it is time to look around.
    private func next(
        _ consumer: GroupConsumer, idleEnd: ContinuousClock.Instant?
    ) async throws -> [FetchedRecords] {
        let ready = try await consumer.poll(timeoutMs: 0)
        if !ready.isEmpty { return ready }
        // Nothing is left to print: whoever reads the output should see what there is.
        try await flush()
        var wakeAt = idleEnd
        if progress.withLockedValue({ !$0.uncommitted.isEmpty }) {
            let commitAt = nextCommit.withLockedValue { $0 }
            if commitAt <= .now {
                try await commit(consumer)
            } else {
                wakeAt = wakeAt.map { min($0, commitAt) } ?? commitAt
            }
        }
        try outputReader.check()
        if let pauseMs {
            let soon = ContinuousClock.now + .milliseconds(pauseMs)
            wakeAt = wakeAt.map { min($0, soon) } ?? soon
        }
        let timeoutMs = wakeAt.map { wakeAt in
            max(1, Int((wakeAt - .now) / .milliseconds(1)))
        }
        return try await consumer.poll(timeoutMs: timeoutMs)
    }

    /// How long nobody need look around, in ms; nil for as long as nothing comes.
    private var pauseMs: Int? {
        // Partitions may have ended by being assigned.
        if ranges.hasEnds { return 100 }
        if missing.withLockedValue({ $0.isWaiting }) {
            return Int(MissingTopics.pause / .milliseconds(1))
        }
        return outputReader.isPipe ? OutputReader.checkMs : nil
    }

    private func take(_ fetched: [FetchedRecords], _ consumer: GroupConsumer) async throws {
        let ended = try await thread.run { [printer, context, progress] in
            var ended: [TopicPartition] = []
            for records in fetched {
                if context.interrupts.isInterrupted || printer.isDone { break }
                let partition = TopicPartition(
                    topic: records.topic, partition: records.partition)
                guard let range = progress.withLockedValue({ $0.range(of: partition) }),
                    let end = try printer.print(records, range)
                else { continue }
                if progress.withLockedValue({ $0.printed(partition, to: end) }) {
                    ended.append(partition)
                }
            }
            return ended
        }
        if !ended.isEmpty { consumer.pause(ended) }
    }

    private func flush() async throws {
        try await thread.run { [printer, progress] in
            try printer.flush()
            progress.withLockedValue { $0.flushed() }
        }
    }

    /// Where records were removed, the consumer goes on behind them by itself: perhaps at the end.
    private func noteMoves(of consumer: GroupConsumer) {
        guard ranges.hasEnds else { return }
        for partition in progress.withLockedValue({ $0.unfinished }) {
            guard let position = consumer.position(of: partition)?.offset else { continue }
            progress.withLockedValue { $0.move(partition, to: position) }
        }
    }

    /// Goes on behind records that retention has removed meanwhile, and at the beginning of a topic
    /// that was made anew, unless an end in the old one was asked for.
    ///
    /// - Throws: any other error.
    private func recover(from error: KafkaError, _ consumer: GroupConsumer) throws {
        if case .topicRecreated(let partition) = error.kind, !ranges.hasEnds {
            context.complain("\(error.message); going on at the beginning")
            // What was printed of the old topic must not be committed for the new one.
            progress.withLockedValue { $0.begin(partition, PartitionRange(start: 0, from: 0)) }
            return consumer.seek(partition, to: 0)
        }
        guard let removed = RemovedRecords(error) else { throw error }
        context.complain(removed.message)
        progress.withLockedValue { $0.move(removed.partition, to: removed.next) }
        consumer.seek(removed.partition, to: removed.next)
    }

    /// Looks whether topics that the group took away are still there.
    ///
    /// - Throws: for one that has been gone for too long.
    /// - Returns: whether that is still open.
    private func lookForTopics() async throws(KafkaError) -> Bool {
        let suspects = missing.withLockedValue { $0.beginLook(now: .now) }
        if !suspects.isEmpty, let results = try? await client.describeTopics(suspects) {
            for (topic, result) in zip(suspects, results) {
                var absence: KafkaError?
                if case .failure(let error) = result, case .unknownTopic = error.kind {
                    absence = error
                }
                let isGone = missing.withLockedValue {
                    $0.found(topic, isThere: absence == nil, now: .now)
                }
                if let absence, isGone { throw absence }
            }
        }
        return missing.withLockedValue { $0.isWaiting }
    }

    // MARK: Commits

    private var commits: Bool { plan.settings.group.enableAutoCommit }

    /// Commits what was written. A rebalance or a place lost meanwhile is no failure yet.
    ///
    /// - Throws: any other error.
    private func commit(_ consumer: GroupConsumer) async throws {
        nextCommit.withLockedValue { $0 = .now + GroupConsumeLoop.interval(plan) }
        let offsets = progress.withLockedValue { $0.uncommitted }
        guard commits, !offsets.isEmpty else { return }
        do throws(KafkaError) {
            try await consumer.commit(offsets)
            progress.withLockedValue { $0.committed(offsets) }
        } catch {
            guard error.isRebalance || error.isMembershipLost else { throw error }
        }
    }

    /// The last commit: insists on it while the group rebalances.
    ///
    /// - Returns: why what was printed is not committed.
    func commitLast(_ consumer: GroupConsumer) async -> CommandFailure? {
        guard commits else { return nil }
        let end = ContinuousClock.now + .milliseconds(plan.settings.client.timeoutMs)
        while true {
            let offsets = progress.withLockedValue { $0.uncommitted }
            guard !offsets.isEmpty else { return nil }
            do throws(KafkaError) {
                try await consumer.commit(offsets)
                progress.withLockedValue { $0.committed(offsets) }
            } catch {
                guard error.isRebalance, .now < end else { return .uncommitted(error) }
                try? await Task.sleep(for: GroupConsumeLoop.commitPause)
            }
        }
    }

    // MARK: Rebalances

    func rebalance(_ event: RebalanceEvent, _ consumer: GroupConsumer) async {
        switch event {
        case .assigned(let partitions):
            do {
                try await ranges.capture(partitions)
            } catch {
                // Their ends stay unknown; they are read until the command ends.
                context.complain("\(CommandFailure(error).message)")
            }
            missing.withLockedValue { $0.assigned(partitions) }
            var ended: [TopicPartition] = []
            for partition in partitions {
                guard let position = consumer.position(of: partition)?.offset else { continue }
                let range = ranges.range(of: partition, at: position)
                progress.withLockedValue { $0.begin(partition, range) }
                if let end = range.end, position >= end { ended.append(partition) }
            }
            consumer.pause(ended)
        case .revoked(let partitions):
            // A reader that went away is noticed by the loop.
            try? await flush()
            _ = await commitLast(consumer)
            progress.withLockedValue { $0.end(partitions) }
            missing.withLockedValue { $0.revoked(partitions, now: .now) }
        case .lost(let partitions):
            progress.withLockedValue { $0.end(partitions) }
            context.complain(
                "group \(consumer.configuration.groupID) went on without this member; "
                    + "what was printed last may be read again")
        }
    }
}

extension KafkaError {
    /// The group is between two generations.
    fileprivate var isRebalance: Bool { errorCode == .rebalanceInProgress }

    /// The group went on without this member, which is told by `lost`.
    fileprivate var isMembershipLost: Bool {
        switch errorCode {
        case .unknownMemberId, .illegalGeneration, .fencedMemberEpoch, .staleMemberEpoch: true
        default: false
        }
    }
}

extension CommandFailure {
    /// The command ends for this reason, and what it printed last is not committed.
    static func uncommitted(_ error: KafkaError) -> CommandFailure {
        CommandFailure(
            CommandFailure.status(of: error),
            "\(error.message); what was printed last will be read again")
    }
}
