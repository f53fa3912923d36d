internal import KafkaBase
internal import KafkaTransport
internal import KafkaWire
internal import Logging
internal import NIOCore

/// Fetches for a consumer: executes what `FetchState` decides.
///
/// Everything but the queue belongs to `eventLoop`; the methods that other threads call hop there;
/// hence unchecked.
final class ConsumerFetcher: @unchecked Sendable {
    let eventLoop: any EventLoop
    let queue = PollQueue()
    private let client: KafkaClient
    private let configuration: ConsumerConfiguration
    private let cluster: ClusterLink

    private var state: FetchState
    /// Since when no broker has answered.
    private var unreachableSince: NIODeadline?

    init(client: KafkaClient, configuration: ConsumerConfiguration) {
        self.client = client
        self.configuration = configuration
        cluster = ClusterLink(client)
        eventLoop = cluster.eventLoop
        state = FetchState(
            settings: FetchState.Settings(
                maxPartitionBytes: configuration.maxPartitionBytes,
                maxBytes: configuration.maxBytes, prefetchBytes: configuration.prefetchBytes,
                backoff: client.configuration.backoff,
                patienceMs: client.configuration.timeoutMs,
                readsCommitted: configuration.isolationLevel == .readCommitted))
    }

    // MARK: Any thread

    func assign(_ positions: [TopicPartition: Int64]) {
        let assigned = positions.map { ($0.key, $0.value, queue.restart($0.key)) }
        eventLoop.execute {
            for (partition, offset, generation) in assigned {
                self.state.assign(partition, offset: offset, generation: generation)
                _ = self.state.setLeader(self.client.cachedLeader(of: partition), of: partition)
            }
            self.pump()
        }
    }

    func unassign(_ partitions: [TopicPartition]) {
        for partition in partitions { queue.remove(partition) }
        eventLoop.execute {
            for partition in partitions { self.state.unassign(partition) }
            // What was fetched of them may have been what kept the others waiting.
            self.pump()
        }
    }

    /// The caller has taken what was there: there is room for more.
    func wake() {
        eventLoop.execute { self.pump() }
    }

    /// What was fetched; nil when there is nothing. Goes on fetching where that was held up.
    ///
    /// - Throws: an error that stands first, or `closed`.
    func take() throws(KafkaError) -> [FetchedRecords]? {
        guard let taken = try queue.take() else { return nil }
        // Only a full queue holds the fetcher up.
        if taken.heldBytes >= configuration.prefetchBytes { wake() }
        return taken.records
    }

    /// Waits until there is something, the queue's waiter is woken, the time is up, or the task is
    /// cancelled.
    ///
    /// - Parameter deadline: nil waits for ever.
    func wait(_ ticket: Int, until deadline: NIODeadline?) async {
        let timer = deadline.map { deadline in
            eventLoop.scheduleTask(deadline: deadline) { self.queue.wake(ticket) }
        }
        await withTaskCancellationHandler {
            await queue.wait(ticket)
        } onCancel: {
            queue.wake(ticket)
        }
        timer?.cancel()
    }

    func close() async {
        queue.close()
        await cluster.close()
    }

    // MARK: The event loop

    func pump() {
        guard !cluster.isClosed else { return }
        let hasRoom = queue.bytes < configuration.prefetchBytes
        let actions = state.next(now: .now(), hasRoom: hasRoom)
        cluster.carryOut(actions.links, for: self)
        for request in actions.send { send(request) }
        let assigned = cluster.metadataIsOld ? state.assigned.map(\.topic) : []
        cluster.refresh(actions.refresh.union(assigned), for: self)
    }

    private func deliver(_ outcomes: [FetchState.Outcome]) {
        for outcome in outcomes {
            switch outcome {
            case .records(let records, let generation):
                queue.add(records, generation: generation)
            case .failure(let partition, let error, let generation):
                queue.fail(error, partition: partition, generation: generation)
            case .outOfRange(let wanted):
                reportRange(wanted)
            case .trouble(let error):
                queue.fail(error)
            }
        }
    }

    /// Asks for the range of a partition, to say how far off the position is.
    private func reportRange(_ wanted: FetchState.Wanted) {
        let partition = wanted.partition
        Task {
            let start = try? await client.listOffsets([partition: .earliest])[partition]?.get()
                .offset
            let end = try? await client.listOffsets(
                [partition: .latest], isolationLevel: configuration.isolationLevel
            )[partition]?.get().offset
            let range = start.flatMap { start in end.map { ", which holds \(start) to \($0)" } }
            let error = KafkaError(
                .offsetOutOfRange(
                    partition, requested: wanted.offset, start: start ?? -1, end: end ?? -1),
                "offset \(wanted.offset) is out of range for \(partition)\(range ?? "")")
            queue.fail(error, partition: partition, generation: wanted.generation)
        }
    }

    /// A broker answered, or could not be reached: after long enough the caller is told.
    private func reached() {
        unreachableSince = nil
    }

    private func notReached(_ error: KafkaError, now: NIODeadline) {
        if error.isFinalForConnections { return queue.fail(error) }
        guard let since = unreachableSince else {
            unreachableSince = now
            return
        }
        if now - since >= .milliseconds(Int64(client.configuration.timeoutMs)) {
            unreachableSince = now
            queue.fail(KafkaError(.connectionFailed, error.message))
        }
    }

    private func failed(_ request: FetchState.Request, _ error: KafkaError) {
        let outcomes = state.failed(request.id, error, now: .now())
        // Where no broker is reached, that is what the caller is told.
        if unreachableSince == nil { deliver(outcomes) }
    }

    // MARK: Requests

    private func send(_ request: FetchState.Request) {
        guard let connection = cluster[request.broker] else {
            failed(request, KafkaError(.connectionFailed, "broker \(request.broker) is gone"))
            return wake()
        }
        let hasIDs = request.partitions.allSatisfy { $0.topicID != nil }
        guard
            let version = connection.versions.highestCommonVersion(
                of: FetchRequest.self, limit: hasIDs ? .max : 12), version >= 4
        else {
            let error = KafkaError(.unsupportedVersion(connection.address, .fetch))
            failed(request, error)
            for wanted in request.partitions { deliver(state.refuse(wanted.partition, error)) }
            return
        }
        connection.send(
            FetchRequest(request, configuration), version: version,
            timeoutMs: configuration.maxWaitMs + client.configuration.requestTimeoutMs
        ).whenComplete { result in
            switch result {
            case .success(let response):
                self.reached()
                self.deliver(
                    self.state.answered(
                        request.id, response, now: .now(),
                        checksCrcs: self.configuration.checkCrcs))
            case .failure(let error):
                self.client.logger.debug("fetch failed", metadata: ["reason": "\(error)"])
                self.failed(request, KafkaError(any: error))
                self.notReached(KafkaError(any: error), now: .now())
            }
            self.pump()
        }
    }

    private func take(_ partition: TopicPartition, _ metadata: ClusterMetadata) {
        let topic = metadata.topic(partition.topic)
        let isUnknown =
            topic == nil || topic?.error == .unknownTopicOrPartition
            || (topic?.error == nil && topic?.partition(partition.partition) == nil)
        if isUnknown {
            let error = KafkaError.unknownTopic(partition.topic)
            deliver([state.unserved(partition, error, now: .now())].compactMap(\.self))
        } else if let code = topic?.error, !code.isRetriable {
            deliver(state.refuse(partition, KafkaError(code, "topic \(partition.topic)")))
        } else {
            let leader = client.cachedLeader(of: partition)
            deliver([state.setLeader(leader, of: partition)].compactMap(\.self))
            guard leader == nil else { return }
            let error = KafkaError(.leaderNotAvailable, "\(partition) has no leader").of(partition)
            deliver([state.unserved(partition, error, now: .now())].compactMap(\.self))
        }
    }
}

extension ConsumerFetcher: ClusterLinkUser {
    func connected(_ broker: Int32) {
        state.connected(broker)
    }

    func disconnected(_ broker: Int32, _ error: KafkaError?) {
        let outcomes = state.disconnected(broker, error, now: .now())
        if unreachableSince == nil { deliver(outcomes) }
        if let error { notReached(error, now: .now()) }
    }

    func refreshed(_ names: [String], _ result: Result<ClusterMetadata, KafkaError>) -> Bool {
        switch result {
        case .success(let metadata):
            reached()
            let asked = state.assigned.filter { Set(names).contains($0.topic) }
            for partition in asked { take(partition, metadata) }
            return asked.allSatisfy { client.cachedLeader(of: $0) != nil }
        case .failure(let error):
            notReached(error, now: .now())
            cluster.markStale(names)
            return false
        }
    }
}

extension FetchRequest {
    fileprivate init(_ request: FetchState.Request, _ configuration: ConsumerConfiguration) {
        self.init()
        maxWaitMs = Int32(clamping: configuration.maxWaitMs)
        minBytes = Int32(clamping: configuration.minBytes)
        maxBytes = Int32(clamping: request.maxBytes)
        isolationLevel = configuration.isolationLevel.rawValue
        // Topics next to each other are put together; the order of the request stays.
        for wanted in request.partitions {
            var entry = FetchPartition()
            entry.partition = wanted.partition.partition
            entry.currentLeaderEpoch = wanted.leaderEpoch
            entry.fetchOffset = wanted.offset
            entry.partitionMaxBytes = Int32(clamping: wanted.maxBytes)
            if topics.last?.topic != wanted.partition.topic {
                var topic = FetchTopic()
                topic.topic = wanted.partition.topic
                topic.topicId = wanted.topicID ?? .zero
                topics.append(topic)
            }
            topics[topics.count - 1].partitions.append(entry)
        }
    }
}
