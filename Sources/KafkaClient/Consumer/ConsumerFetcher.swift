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
    private let stream: Int

    private var state: FetchState
    private var connections: [Int32: ClientConnection] = [:]
    private var staleTopics: Set<String> = []
    private var isRefreshing = false
    private var refreshBackoff: Backoff
    /// Of brokers that take connections but do not answer.
    private var brokerBackoffs: [Int32: Backoff] = [:]
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?
    private var isClosed = false
    /// Since when no broker has answered.
    private var unreachableSince: NIODeadline?
    private var metadataAt = NIODeadline.now()

    init(client: KafkaClient, configuration: ConsumerConfiguration) {
        self.client = client
        self.configuration = configuration
        eventLoop = client.group.next()
        stream = client.nextStream()
        state = FetchState(
            settings: FetchState.Settings(
                maxPartitionBytes: configuration.maxPartitionBytes,
                retryBackoffMs: client.configuration.retryBackoffMs,
                unknownTopicMs: client.configuration.timeoutMs,
                readsCommitted: configuration.isolationLevel == .readCommitted))
        refreshBackoff = Backoff(
            initialMs: client.configuration.retryBackoffMs,
            maxMs: client.configuration.retryBackoffMaxMs)
    }

    // MARK: Any thread

    func assign(_ positions: [TopicPartition: Int64]) {
        let assigned = positions.map { ($0.key, $0.value, queue.restart($0.key)) }
        eventLoop.execute {
            for (partition, offset, generation) in assigned {
                self.state.assign(partition, offset: offset, generation: generation)
                self.state.setLeader(self.client.cachedLeader(of: partition), of: partition)
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

    func close() async {
        queue.close()
        try? await eventLoop.submit {
            self.isClosed = true
            self.timer?.task.cancel()
            self.timer = nil
        }.get()
        client.pool.close(.stream(stream))
    }

    // MARK: The event loop

    private func pump() {
        guard !isClosed else { return }
        let now = NIODeadline.now()
        let hasRoom = queue.bytes < configuration.prefetchBytes
        let maxAge = TimeAmount.milliseconds(Int64(client.configuration.metadataMaxAgeMs))
        if now - metadataAt > maxAge { staleTopics.formUnion(state.assigned.map(\.topic)) }
        let actions = state.next(now: now, hasRoom: hasRoom)
        for broker in actions.connect { connect(to: broker) }
        for request in actions.send { send(request) }
        staleTopics.formUnion(actions.refresh)
        refreshMetadata()
        if let time = actions.wakeAt { schedule(at: time) }
    }

    private func schedule(at time: NIODeadline) {
        if let timer, timer.at <= time { return }
        timer?.task.cancel()
        let task = eventLoop.scheduleTask(deadline: time) {
            self.timer = nil
            self.pump()
        }
        timer = (time, task)
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
        guard let since = unreachableSince else {
            unreachableSince = now
            return
        }
        if now - since >= .milliseconds(Int64(client.configuration.timeoutMs)) {
            unreachableSince = now
            queue.fail(KafkaError(.connectionFailed, error.message))
        }
    }

    // MARK: Connections and requests

    private func connect(to broker: Int32) {
        Task {
            let result: Result<ClientConnection, KafkaError>
            do throws(KafkaError) {
                result = .success(
                    try await client.connection(toBroker: broker, stream: stream, on: eventLoop))
            } catch {
                result = .failure(error)
            }
            eventLoop.execute { self.connected(broker, result) }
        }
    }

    private func connected(_ broker: Int32, _ result: Result<ClientConnection, KafkaError>) {
        switch result {
        case .success(let connection):
            guard !isClosed else { return connection.close() }
            connections[broker] = connection
            state.connected(broker)
            connection.closeFuture.hop(to: eventLoop).whenComplete { _ in
                guard self.connections[broker] === connection else { return }
                self.connections[broker] = nil
                self.state.disconnected(broker, retryAt: .now() + self.pause(for: broker))
                self.pump()
            }
        case .failure(let error):
            state.disconnected(broker, retryAt: .now() + pause(for: broker))
            notReached(error, now: .now())
        }
        pump()
    }

    /// Grows until the broker answers a fetch.
    private func pause(for broker: Int32) -> TimeAmount {
        let settings = client.configuration
        let initial = Backoff(
            initialMs: settings.retryBackoffMs, maxMs: settings.retryBackoffMaxMs)
        return .milliseconds(Int64(brokerBackoffs[broker, default: initial].nextMs()))
    }

    private func send(_ request: FetchState.Request) {
        guard let connection = connections[request.broker] else {
            state.failed(request.id, now: .now())
            return wake()
        }
        let hasIDs = request.partitions.allSatisfy { $0.topicID != nil }
        guard
            let version = connection.versions.highestCommonVersion(
                of: FetchRequest.self, limit: hasIDs ? .max : 12), version >= 4
        else {
            state.failed(request.id, now: .now())
            queue.fail(KafkaError(.unsupportedVersion(connection.address, .fetch)))
            return
        }
        connection.send(
            FetchRequest(request, configuration), version: version,
            timeoutMs: configuration.maxWaitMs + client.configuration.requestTimeoutMs
        ).whenComplete { result in
            switch result {
            case .success(let response):
                self.reached()
                self.brokerBackoffs[request.broker] = nil
                self.deliver(
                    self.state.answered(
                        request.id, response, now: .now(),
                        checksCrcs: self.configuration.checkCrcs))
            case .failure(let error):
                self.client.logger.debug("fetch failed", metadata: ["reason": "\(error)"])
                self.state.failed(request.id, now: .now())
                self.notReached(KafkaError(any: error), now: .now())
            }
            self.pump()
        }
    }

    // MARK: Metadata

    private func refreshMetadata() {
        guard !staleTopics.isEmpty, !isRefreshing else { return }
        isRefreshing = true
        let names = staleTopics.sorted()
        staleTopics = []
        let pause = refreshBackoff.nextMs()
        Task {
            let result: Result<ClusterMetadata, KafkaError>
            do throws(KafkaError) {
                result = .success(try await client.fetchMetadata(names, autoCreate: false))
            } catch {
                result = .failure(error)
            }
            eventLoop.execute { self.refreshed(names, result, pauseMs: pause) }
        }
    }

    private func refreshed(
        _ names: [String], _ result: Result<ClusterMetadata, KafkaError>, pauseMs: Int
    ) {
        switch result {
        case .success(let metadata):
            reached()
            metadataAt = .now()
            let asked = state.assigned.filter { Set(names).contains($0.topic) }
            for partition in asked { take(partition, metadata) }
            if asked.allSatisfy({ client.cachedLeader(of: $0) != nil }) { refreshBackoff.reset() }
        case .failure(let error):
            notReached(error, now: .now())
            staleTopics.formUnion(names)
        }
        // Not again before a pause, however stale things are.
        eventLoop.scheduleTask(in: .milliseconds(Int64(pauseMs))) {
            self.isRefreshing = false
            self.pump()
        }
        pump()
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
            state.setLeader(leader, of: partition)
            guard leader == nil else { return }
            let error = KafkaError(.leaderNotAvailable, "\(partition) has no leader")
            deliver([state.unserved(partition, error, now: .now())].compactMap(\.self))
        }
    }
}

extension FetchRequest {
    fileprivate init(_ request: FetchState.Request, _ configuration: ConsumerConfiguration) {
        self.init()
        maxWaitMs = Int32(configuration.maxWaitMs)
        minBytes = Int32(configuration.minBytes)
        maxBytes = Int32(clamping: configuration.maxBytes)
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
