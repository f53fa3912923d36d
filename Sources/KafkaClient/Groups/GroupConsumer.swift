public import KafkaBase
internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Reads the partitions that a consumer group gives this member, and commits how far it came.
///
/// Owns its connections and its place in the group; `close` it when done, or use `with`. Any thread
/// may call it; `poll` has one caller at a time, and what happens to the partitions happens within
/// its calls: it waits for `onRebalance`, so that the application can commit before a partition
/// goes to somebody else. Signs of life are sent in the background. A member whose application
/// does not call `poll` for `maxPollIntervalMs` leaves the group until it does. Memory is bounded
/// as that of `Consumer`.
///
/// ```swift
/// var configuration = GroupConfiguration(groupID: "billing")
/// configuration.offsetReset = .earliest
/// try await GroupConsumer.with(
///     client, configuration, reading: .topics(["orders"])
/// ) { consumer in
///     var reader = RecordBatchReader()
///     while !Task.isCancelled {
///         for records in try await consumer.poll(timeoutMs: nil) {
///             try records.forEachRecord(reader: &reader) { record in
///                 print(records.partition, record.offset)
///                 return .continue
///             }
///         }
///     }
/// }
/// ```
public final class GroupConsumer: Sendable {
    public typealias RebalanceHandler = @Sendable (GroupConsumer, RebalanceEvent) async -> Void

    public let configuration: GroupConfiguration
    let client: KafkaClient
    let fetching: ConsumerConfiguration
    let fetcher: ConsumerFetcher
    let session: GroupSession
    let positions = NIOLockedValueBox(GroupPositions())
    private let onRebalance: RebalanceHandler
    private let nextCommit = NIOLockedValueBox(NIODeadline.now())
    /// The last commit by `poll`, which does not wait for it.
    let autoCommit = NIOLockedValueBox<Task<Void, Never>?>(nil)
    private let isWoken = NIOLockedValueBox(false)
    private let isClosed = NIOLockedValueBox(false)

    /// Joins with the first `poll`.
    ///
    /// - Parameter onRebalance: told of each rebalance, within `poll` and `close`.
    public init(
        client: KafkaClient, configuration: GroupConfiguration,
        reading subscription: GroupSubscription,
        fetching: ConsumerConfiguration = ConsumerConfiguration(),
        onRebalance: @escaping RebalanceHandler = { _, _ in }
    ) {
        self.client = client
        self.configuration = configuration
        self.fetching = fetching
        self.onRebalance = onRebalance
        let fetcher = ConsumerFetcher(client: client, configuration: fetching)
        self.fetcher = fetcher
        session = GroupSession(client, configuration, subscription, on: fetcher.eventLoop) {
            fetcher.queue.wakeWaiter()
        }
    }

    deinit {
        session.abandon()
        let fetcher = fetcher
        Task { await fetcher.close() }
    }

    /// Runs `body` with a consumer, and closes it in an orderly way, however `body` ends.
    public static func with<Result>(
        _ client: KafkaClient, _ configuration: GroupConfiguration,
        reading subscription: GroupSubscription,
        fetching: ConsumerConfiguration = ConsumerConfiguration(),
        onRebalance: @escaping RebalanceHandler = { _, _ in },
        _ body: (GroupConsumer) async throws -> Result
    ) async throws -> Result {
        let consumer = GroupConsumer(
            client: client, configuration: configuration, reading: subscription,
            fetching: fetching, onRebalance: onRebalance)
        let result: Result
        do {
            result = try await body(consumer)
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
        return result
    }

    // MARK: What it has

    /// The partitions that are read.
    public var assignment: Set<TopicPartition> { positions.withLockedValue { $0.partitions } }

    /// Whether the group has given this member its share, which may be nothing, and does not
    /// rebalance, as far as the member knows.
    public var isStable: Bool { session.isStable }

    /// Who commits for this member, for a transactional producer that does it instead (KIP-447).
    public var groupMetadata: ConsumerGroupMetadata { session.metadata }

    /// Reads other topics from now on; the group rebalances.
    public func subscribe(to subscription: GroupSubscription) {
        session.subscribe(to: subscription)
    }

    // MARK: Reading

    /// What has been fetched, in the order of offsets for each partition; waits for it. What the
    /// call before handed out counts as done.
    ///
    /// - Parameter timeoutMs: nil waits for ever.
    /// - Returns: empty when the time is up, the task was cancelled, or `wakeUp` was called.
    /// - Throws: what ended the membership (an error again and again: `broker(.fencedInstanceId)`,
    ///   `broker(.inconsistentGroupProtocol)` and the like); what goes wrong for longer than
    ///   `ClientConfiguration.timeoutMs`, while it is tried on (`connectionFailed`, a broker's
    ///   code); an error that stopped a partition, which is read again after `seek`
    ///   (`topicRecreated` among them: go to offset 0 to read the new topic); `closed`.
    public func poll(timeoutMs: Int?) async throws(KafkaError) -> [FetchedRecords] {
        let deadline = timeoutMs.map { NIODeadline.now() + .milliseconds(Int64($0)) }
        session.pollCalled()
        session.pump()
        while true {
            let ticket = fetcher.queue.makeTicket()
            if isClosed.withLockedValue({ $0 }) { throw KafkaError(.closed, "closed") }
            if let step = session.beginStep() {
                try await take(step)
                session.pollCalled()
                continue
            }
            if let error = session.takeError() { throw error }
            commitNowAndThen()
            if let records = try await take(), !records.isEmpty { return records }
            if Task.isCancelled || deadline.map({ $0 <= .now() }) ?? false { return [] }
            guard await wait(ticket, until: deadline) else { return [] }
            session.pollCalled()
        }
    }

    /// Lets a `poll` under way, or else the next one, return before its time.
    public func wakeUp() {
        isWoken.withLockedValue { $0 = true }
        fetcher.queue.wakeWaiter()
    }

    private func wasWoken() -> Bool {
        isWoken.withLockedValue { isWoken in
            defer { isWoken = false }
            return isWoken
        }
    }

    /// - Returns: whether the wait was ended by something to look at.
    private func wait(_ ticket: Int, until deadline: NIODeadline?) async -> Bool {
        if wasWoken() { return false }
        session.pollWaits()
        var limit = deadline
        if configuration.enableAutoCommit {
            let commit = nextCommit.withLockedValue { $0 }
            if positions.withLockedValue({ !$0.uncommitted.isEmpty }) {
                limit = limit.map { min($0, commit) } ?? commit
            }
        }
        await fetcher.wait(ticket, until: limit)
        return !wasWoken()
    }

    private func take() async throws(KafkaError) -> [FetchedRecords]? {
        do throws(KafkaError) {
            guard let taken = try fetcher.take() else { return nil }
            positions.withLockedValue { positions in
                for records in taken { positions.advance(records) }
            }
            return taken
        } catch {
            guard case .offsetOutOfRange(let partition, _, _, _) = error.kind,
                try await resetAfter(error, partition)
            else { throw error }
            return nil
        }
    }

    // MARK: Rebalances

    private func take(_ step: RebalanceStep) async throws(KafkaError) {
        switch step {
        case .revoke(let partitions):
            stopReading(partitions)
            if configuration.enableAutoCommit { await tryToCommit(commit) }
            await onRebalance(self, .revoked(partitions.sorted()))
            positions.withLockedValue { $0.end(partitions) }
        case .lose(let partitions):
            stopReading(partitions)
            await onRebalance(self, .lost(partitions.sorted()))
            positions.withLockedValue { $0.end(partitions) }
        case .assign(let partitions):
            do throws(KafkaError) {
                try await findPositions(of: partitions.sorted())
            } catch {
                session.abandonStep()
                throw error
            }
            await onRebalance(self, .assigned(partitions.sorted()))
            read(partitions)
        }
        session.finishStep()
    }

    private func stopReading(_ partitions: Set<TopicPartition>) {
        fetcher.unassign(Array(partitions))
    }

    /// Begins, or goes on, at the positions.
    func read(_ partitions: some Sequence<TopicPartition>) {
        let starts = positions.withLockedValue { positions in
            partitions.reduce(into: [TopicPartition: Int64]()) { starts, partition in
                guard !positions.isPaused(partition) else { return }
                starts[partition] = positions.position(of: partition)?.offset
            }
        }
        fetcher.assign(starts)
    }

    // MARK: Commits

    private func commitNowAndThen() {
        guard configuration.enableAutoCommit else { return }
        let isDue = nextCommit.withLockedValue { next in
            guard next <= .now() else { return false }
            next = .now() + .milliseconds(Int64(configuration.autoCommitIntervalMs))
            return true
        }
        let offsets = positions.withLockedValue { $0.uncommitted }
        guard isDue, !offsets.isEmpty else { return }
        autoCommit.withLockedValue { last in
            last = Task { [last] in
                await last?.value
                await tryToCommit { () throws(KafkaError) in try await send(offsets) }
            }
        }
    }

    /// What goes wrong is logged, as the next commit may do better.
    private func tryToCommit(_ commit: () async throws(KafkaError) -> Void) async {
        do throws(KafkaError) {
            try await commit()
        } catch {
            client.logger.warning(
                "not committed",
                metadata: ["group": "\(configuration.groupID)", "reason": "\(error)"])
        }
    }

    /// Commits the positions where that is asked for, tells `onRebalance`, leaves the group and
    /// ends. A `poll` under way fails with `closed`. Works in a cancelled task, too.
    public func close() async {
        let wasClosed = isClosed.withLockedValue { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        // A task of its own, which the caller's cancellation does not reach.
        await Task {
            let owned = positions.withLockedValue { $0.partitions }
            stopReading(owned)
            if !owned.isEmpty {
                if configuration.enableAutoCommit { await tryToCommit(commit) }
                await onRebalance(self, .revoked(owned.sorted()))
                positions.withLockedValue { $0.end(owned) }
            }
            await session.close()
            await fetcher.close()
        }.value
    }
}
