internal import KafkaBase
internal import KafkaWire
internal import NIOCore

/// Where a consumer is in each partition, and what it fetches next from whom. Takes events, returns
/// actions; no clock, no socket of its own.
///
/// Confined to the fetcher's event loop. One request at a time for each broker; none while the
/// caller says that enough is buffered.
struct FetchState {
    struct Settings {
        var maxPartitionBytes = 1 << 20
        var maxBytes = 50 << 20
        /// Bytes that the caller means to hold at most.
        var prefetchBytes = 8 << 20
        /// Pause for a partition whose broker could not serve it.
        var backoff = Backoff(initialMs: 100, maxMs: 1000)
        /// How long a topic may be unknown before that is an error, and how long a partition may
        /// not be served before the caller is told, in ms.
        var patienceMs = 10_000
        /// Whether reading ends at the last stable offset instead of the high watermark.
        var readsCommitted = true
    }

    /// A partition in a request.
    struct Wanted: Equatable {
        var partition: TopicPartition
        /// Which assignment or seek it is for; answers for an earlier one are dropped.
        var generation: Int
        var offset: Int64
        var leaderEpoch: Int32
        var topicID: Uuid?
        var maxBytes: Int
    }

    struct Request {
        var id: Int
        var broker: Int32
        var partitions: [Wanted]
        /// Bytes of the answer, which only its first batch may exceed.
        var maxBytes: Int
    }

    struct Actions {
        var links = BrokerLinks.Actions()
        var send: [Request] = []
        var refresh: Set<String> = []
    }

    /// What comes of a partition's answer.
    enum Outcome {
        case records(FetchedRecords, generation: Int)
        case failure(TopicPartition, KafkaError, generation: Int)
        /// The range is to be asked for, to tell it.
        case outOfRange(Wanted)
        /// Something goes wrong again and again; it is tried on.
        case trouble(KafkaError)
    }

    private struct Position {
        var offset: Int64
        var generation: Int
        var leader: MetadataCache.Leader?
        var maxBytes: Int
        var backoff: Backoff
        /// In which the offset is meant; another topic of the same name has another one.
        var topicID: Uuid?
        var isStopped = false
        var notBefore = NIODeadline.uptimeNanoseconds(0)
        /// Since when nothing but errors came for it.
        var failingSince: NIODeadline?
        /// The end below which the last answer had no records.
        var emptyUpTo: Int64?
    }

    let settings: Settings
    private var positions: [TopicPartition: Position] = [:]
    private var links: BrokerLinks
    private var requests: [Int: Request] = [:]
    private var lastRequestID = 0
    private var staleTopics: Set<String> = []
    /// When the caller was told last that something goes wrong: once for all partitions.
    private var toldAt: NIODeadline?

    init(settings: Settings) {
        self.settings = settings
        links = BrokerLinks(maxInFlight: 1, backoff: settings.backoff)
    }

    // MARK: Events

    /// Begins to read a partition at an offset, or moves there.
    mutating func assign(_ partition: TopicPartition, offset: Int64, generation: Int) {
        let leader = positions[partition]?.leader
        positions[partition] = Position(
            offset: offset, generation: generation, leader: leader,
            maxBytes: settings.maxPartitionBytes, backoff: settings.backoff)
    }

    mutating func unassign(_ partition: TopicPartition) {
        positions[partition] = nil
    }

    var assigned: some Collection<TopicPartition> { positions.keys }

    func offset(of partition: TopicPartition) -> Int64? { positions[partition]?.offset }

    /// Returns the error when the leader is that of another topic of the same name.
    mutating func setLeader(
        _ leader: MetadataCache.Leader?, of partition: TopicPartition
    ) -> Outcome? {
        guard var position = positions[partition] else { return nil }
        position.leader = leader
        defer { positions[partition] = position }
        guard let id = leader?.topicID else { return nil }
        let isAnother = position.topicID.map { $0 != id } ?? false
        position.topicID = id
        guard isAnother, !position.isStopped else { return nil }
        position.isStopped = true
        return .failure(
            partition, .topicRecreated(partition, offset: position.offset),
            generation: position.generation)
    }

    /// The cluster says that it has no such topic or partition, or no leader for it. Returns the
    /// error once that has lasted for too long.
    mutating func unserved(
        _ partition: TopicPartition, _ error: KafkaError, now: NIODeadline
    ) -> Outcome? {
        guard var position = positions[partition], !position.isStopped else { return nil }
        let since = position.failingSince ?? now
        position.failingSince = since
        position.leader = nil
        position.notBefore = now + .milliseconds(Int64(position.backoff.nextMs()))
        position.isStopped = now - since >= patience
        positions[partition] = position
        guard position.isStopped else { return nil }
        return .failure(partition, error, generation: position.generation)
    }

    /// The cluster will not serve the partition.
    mutating func refuse(_ partition: TopicPartition, _ error: KafkaError) -> [Outcome] {
        guard let position = positions[partition], !position.isStopped else { return [] }
        positions[partition]?.isStopped = true
        return [.failure(partition, error, generation: position.generation)]
    }

    mutating func connected(_ broker: Int32) {
        links.connected(broker)
    }

    /// - Parameter error: why no connection could be made; nil when one was lost.
    mutating func disconnected(
        _ broker: Int32, _ error: KafkaError? = nil, now: NIODeadline
    ) -> [Outcome] {
        links.disconnected(broker, now: now)
        var outcomes: [Outcome] = []
        for (partition, position) in positions where position.leader?.broker == broker {
            staleTopics.insert(partition.topic)
            if let error { outcomes += suffer(partition, error, now) }
        }
        return outcomes
    }

    /// A request got no answer; its partitions are asked for again after a pause.
    mutating func failed(_ id: Int, _ error: KafkaError, now: NIODeadline) -> [Outcome] {
        guard let request = requests.removeValue(forKey: id) else { return [] }
        links.failed(at: request.broker)
        return request.partitions.flatMap { pause($0, after: error, now: now) }
    }

    /// A request was answered.
    mutating func answered(
        _ id: Int, _ response: FetchResponse, now: NIODeadline, checksCrcs: Bool
    ) -> [Outcome] {
        guard let request = requests.removeValue(forKey: id) else { return [] }
        links.answered(by: request.broker, throttleMs: response.throttleTimeMs, now: now)
        guard response.errorCode == .none else {
            return request.partitions.flatMap { refused($0, response.errorCode, now: now) }
        }
        let isEmpty =
            response.throttleTimeMs == 0
            && response.responses.allSatisfy { topic in
                topic.partitions.allSatisfy { ($0.records?.count ?? 0) == 0 }
            }
        var outcomes: [Outcome] = []
        var byPartition: [TopicPartition: Wanted] = [:]
        var names: [Uuid: String] = [:]
        for wanted in request.partitions {
            byPartition[wanted.partition] = wanted
            if let id = wanted.topicID { names[id] = wanted.partition.topic }
        }
        for topic in response.responses {
            let name = topic.topicId == .zero ? topic.topic : names[topic.topicId]
            guard let name else { continue }
            for data in topic.partitions {
                let partition = TopicPartition(topic: name, partition: data.partitionIndex)
                // When the leader moved meanwhile, the new one's answer may have come first.
                guard let wanted = byPartition[partition], let position = positions[partition],
                    position.generation == wanted.generation, position.offset == wanted.offset
                else { continue }
                outcomes += settle(wanted, data, now: now, checksCrcs: checksCrcs)
                if isEmpty, data.errorCode == .none {
                    outcomes += passGap(wanted, data, checksCrcs: checksCrcs)
                }
            }
        }
        return outcomes
    }

    // MARK: Actions

    /// What is to be done now.
    ///
    /// - Parameter hasRoom: whether more may be fetched ahead.
    mutating func next(now: NIODeadline, hasRoom: Bool) -> Actions {
        var actions = Actions()
        var wanted: [Int32: [Wanted]] = [:]
        for (partition, position) in positions where !position.isStopped {
            guard let leader = position.leader else {
                if position.notBefore <= now {
                    staleTopics.insert(partition.topic)
                } else {
                    actions.links.wake(at: position.notBefore)
                }
                continue
            }
            guard position.notBefore <= now else {
                actions.links.wake(at: position.notBefore)
                continue
            }
            wanted[leader.broker, default: []].append(
                Wanted(
                    partition: partition, generation: position.generation, offset: position.offset,
                    leaderEpoch: leader.epoch, topicID: leader.topicID,
                    maxBytes: position.maxBytes))
        }
        for (broker, partitions) in wanted
        where links.canSend(to: broker, now: now, &actions.links) && hasRoom {
            lastRequestID += 1
            let request = Request(
                id: lastRequestID, broker: broker, partitions: inTurn(partitions),
                maxBytes: responseBytes(partitions, brokerCount: wanted.count))
            requests[request.id] = request
            links.sent(to: broker)
            actions.send.append(request)
        }
        actions.refresh = staleTopics
        staleTopics = []
        return actions
    }

    /// A broker's share of what may be on its way: half of what may be held, so that one answer is
    /// read while the next one comes.
    private func responseBytes(_ partitions: [Wanted], brokerCount: Int) -> Int {
        let largest = partitions.reduce(0) { max($0, $1.maxBytes) }
        return min(settings.maxBytes, max(settings.prefetchBytes / 2 / brokerCount, largest))
    }

    /// A broker fills its answer in the order of the request: each time another begins.
    private func inTurn(_ partitions: [Wanted]) -> [Wanted] {
        let sorted = partitions.sorted { $0.partition < $1.partition }
        let start = lastRequestID % sorted.count
        return Array(sorted[start...] + sorted[..<start])
    }

    // MARK: Answers

    private mutating func settle(
        _ wanted: Wanted, _ data: FetchResponse.PartitionData, now: NIODeadline, checksCrcs: Bool
    ) -> [Outcome] {
        switch data.errorCode {
        case .none:
            return take(wanted, data, now: now, checksCrcs: checksCrcs)
        case .offsetOutOfRange:
            positions[wanted.partition]?.isStopped = true
            return [.outOfRange(wanted)]
        case .offsetNotAvailable:
            return pause(
                wanted, after: error(data.errorCode, wanted), now: now, isStale: false)
        case .corruptMessage:
            return stop(
                wanted,
                KafkaError(
                    .corrupt, "\(wanted.partition) at offset \(wanted.offset): CORRUPT_MESSAGE"
                ).of(wanted.partition))
        case let code:
            return refused(wanted, code, now: now)
        }
    }

    /// A broker does not serve a partition, now or at all.
    private mutating func refused(
        _ wanted: Wanted, _ code: ErrorCode, now: NIODeadline
    ) -> [Outcome] {
        guard positions[wanted.partition]?.generation == wanted.generation else { return [] }
        let error = error(code, wanted)
        return code.isRetriable ? pause(wanted, after: error, now: now) : stop(wanted, error)
    }

    private func error(_ code: ErrorCode, _ wanted: Wanted) -> KafkaError {
        KafkaError(code, "fetch \(wanted.partition)").of(wanted.partition)
    }

    private mutating func take(
        _ wanted: Wanted, _ data: FetchResponse.PartitionData, now: NIODeadline, checksCrcs: Bool
    ) -> [Outcome] {
        positions[wanted.partition]?.failingSince = nil
        positions[wanted.partition]?.backoff.reset()
        let records = data.records?.buffer ?? ByteBuffer()
        let batches = FetchedBatches(records)
        var outcomes: [Outcome] = []
        if let nextOffset = batches.nextOffset {
            if nextOffset > wanted.offset {
                positions[wanted.partition]?.offset = nextOffset
                positions[wanted.partition]?.emptyUpTo = nil
            } else {
                // Nothing new: do not ask at full speed for what does not help.
                positions[wanted.partition]?.notBefore =
                    now + .milliseconds(Int64(settings.backoff.initialMs))
            }
            positions[wanted.partition]?.maxBytes = settings.maxPartitionBytes
            let fetched = FetchedRecords(
                topic: wanted.partition.topic, partition: wanted.partition.partition,
                buffer: batches.buffer, fetchOffset: wanted.offset,
                highWatermark: data.highWatermark, lastStableOffset: data.lastStableOffset,
                logStartOffset: data.logStartOffset, nextOffset: max(nextOffset, wanted.offset),
                lastLeaderEpoch: batches.lastLeaderEpoch,
                abortedTransactions: (data.abortedTransactions ?? []).map {
                    FetchedRecords.AbortedTransaction(
                        producerID: $0.producerId, firstOffset: $0.firstOffset)
                }, checksCrcs: checksCrcs)
            outcomes.append(.records(fetched, generation: wanted.generation))
        } else if records.readableBytes > 0, batches.error == nil {
            // A batch larger than what was asked for, from a broker that cuts it off.
            positions[wanted.partition]?.maxBytes = min(wanted.maxBytes * 2, 1 << 30)
        }
        if let error = batches.error {
            let offset = batches.nextOffset ?? wanted.offset
            outcomes += stop(wanted, KafkaError(error, wanted.partition, offset: offset))
        }
        return outcomes
    }

    /// Compaction may have left nothing between the position and the end: a broker that finds no
    /// batch there at all says so by an empty answer below its end. Twice, to be sure that records
    /// have not come between its read and its look at the end.
    private mutating func passGap(
        _ wanted: Wanted, _ data: FetchResponse.PartitionData, checksCrcs: Bool
    ) -> [Outcome] {
        let isStable = settings.readsCommitted && data.lastStableOffset >= 0
        let end = isStable ? data.lastStableOffset : data.highWatermark
        guard end > wanted.offset else { return [] }
        guard let end = positions[wanted.partition]?.emptyUpTo else {
            positions[wanted.partition]?.emptyUpTo = end
            return []
        }
        positions[wanted.partition]?.offset = end
        positions[wanted.partition]?.emptyUpTo = nil
        let nothing = FetchedRecords(
            topic: wanted.partition.topic, partition: wanted.partition.partition,
            buffer: ByteBuffer(), fetchOffset: wanted.offset, highWatermark: data.highWatermark,
            lastStableOffset: data.lastStableOffset, logStartOffset: data.logStartOffset,
            nextOffset: end, abortedTransactions: [], checksCrcs: checksCrcs)
        return [.records(nothing, generation: wanted.generation)]
    }

    private mutating func stop(_ wanted: Wanted, _ error: KafkaError) -> [Outcome] {
        positions[wanted.partition]?.isStopped = true
        return [.failure(wanted.partition, error, generation: wanted.generation)]
    }

    private mutating func pause(
        _ wanted: Wanted, after error: KafkaError, now: NIODeadline, isStale: Bool = true
    ) -> [Outcome] {
        guard var position = positions[wanted.partition],
            position.generation == wanted.generation
        else { return [] }
        position.notBefore = now + .milliseconds(Int64(position.backoff.nextMs()))
        positions[wanted.partition] = position
        if isStale { staleTopics.insert(wanted.partition.topic) }
        return suffer(wanted.partition, error, now)
    }

    /// Nothing but errors for too long is told, once for all partitions in that time.
    private mutating func suffer(
        _ partition: TopicPartition, _ error: KafkaError, _ now: NIODeadline
    ) -> [Outcome] {
        let since = positions[partition]?.failingSince ?? now
        positions[partition]?.failingSince = since
        guard now - since >= patience, toldAt.map({ now - $0 >= patience }) ?? true else {
            return []
        }
        toldAt = now
        var error = error
        error.message += ", again and again for \(settings.patienceMs) ms"
        return [.trouble(error)]
    }

    private var patience: TimeAmount { .milliseconds(Int64(settings.patienceMs)) }
}
