import KafkaBase
import KafkaSecurity
import KafkaTransport
import KafkaWire
import NIOConcurrencyHelpers

/// Fetch: record batches of some partitions, waiting for them when there are too few.
///
/// - Version 4 brings isolation levels, 9 leader epochs, 12 the epoch read last, 13 topic ids, 16
///   the leader beside some errors.
/// - Version 7 brings sessions (KIP-227), which `FetchSessionCache` keeps: responses within one
///   leave out the partitions of which there is nothing new.
/// - Zstd needs version 10 (KIP-110).
/// - The first batch is returned whole even when it is larger than all limits; an offset within a
///   batch returns the whole batch.
/// - Records are never null, not even beside an error: some clients cannot read that.
/// - There are no other replicas: none is preferred, and none is served.
/// - The client must be allowed to read the topics; one that says it is a replica, to act as a
///   broker.
struct FetchHandler: ApiHandler {
    typealias Request = FetchRequest
    static let servedVersions: ClosedRange<Int16> = 4...18
    static let firstVersionWithZstd: Int16 = 10
    static let firstVersionByID: Int16 = 13
    static let firstVersionWithLeader: Int16 = 16
    /// Longest that a fetch may wait; what a client asks for beyond is cut.
    static let maxWaitMs: Int64 = 3_600_000
    /// About what a partition takes in a response besides its records.
    private static let partitionOverheadBytes = 48

    let node: BrokerNode

    func handle(
        _ request: FetchRequest, _ context: RequestContext, _ reply: Reply<FetchResponse>
    ) {
        let table = node.table.snapshot
        let asked = FetchSessionCache.Request(request, version: context.version) {
            table.topic($0)?.name
        }
        let opening: FetchSessionCache.Opening
        switch open(asked, table) {
        case .success(let found): opening = found
        case .failure(let error):
            var response = FetchResponse()
            response.errorCode = error.code
            return reply.send(response)
        }
        var maxBytes = min(Int(max(0, request.maxBytes)), node.settings.fetchMaxBytes)
        // More at once would be held up for sure, for ever.
        if let burst = reply.quota?.burst(.consumerByteRate), burst < Double(maxBytes) {
            maxBytes = Int(burst)
        }
        let limits = FetchTour.Limits(
            maxBytes: maxBytes, minBytes: min(Int(request.minBytes), maxBytes),
            isReadCommitted: request.isolationLevel == 1, isFromReplica: asked.isFromReplica,
            version: context.version, quota: context.quota)
        FetchJob(
            targets: FetchTarget.list(
                of: opening.partitions, table, context, isFromReplica: asked.isFromReplica),
            limits: limits,
            maxWaitMs: min(Int64(request.maxWaitMs), FetchHandler.maxWaitMs), scope: context.scope
        ) { answers in
            if let quota = reply.quota, !asked.isFromReplica,
                let ms = throttleMs(quota, opening, answers)
            {
                reply.send(hold(opening), throttledMs: ms)
            } else {
                reply.send(close(opening, of: asked, answers, context))
            }
        }.start()
    }

    // MARK: Quotas

    /// How long a client is held up that would have got too much with these answers; nil when it
    /// gets them. Else they are not counted.
    private func throttleMs(
        _ quota: RequestQuota, _ opening: FetchSessionCache.Opening,
        _ answers: [Partition.FetchData]
    ) -> Int64? {
        var tellsAll = true
        if case .incremental = opening.context { tellsAll = false }
        let bytes = answers.reduce(0) { sum, answer in
            let count = answer.records?.count ?? 0
            let isTold = tellsAll || count > 0 || answer.errorCode != .none
            return sum + count + (isTold ? FetchHandler.partitionOverheadBytes : 0)
        }
        let ms = max(
            quota.timeThrottleMs(), quota.record(.consumerByteRate, Double(bytes)))
        guard ms > 0 else { return nil }
        quota.unrecord(.consumerByteRate, Double(bytes))
        return ms
    }

    /// The answer to a client that is held up: without partitions, and its session stays what it
    /// was, so that it asks for the same again.
    private func hold(_ opening: FetchSessionCache.Opening) -> FetchResponse {
        var response = FetchResponse()
        guard case .incremental = opening.context else { return response }
        let closing = node.fetchSessions.withLockedValue { $0.hold(opening) }
        response.errorCode = closing.error
        response.sessionId = closing.sessionID
        return response
    }

    // MARK: Sessions

    private func open(
        _ asked: FetchSessionCache.Request, _ table: TopicTable.Snapshot
    ) -> Result<FetchSessionCache.Opening, ApiError> {
        // Most clients have no sessions: no lock for them.
        if asked.isSessionless {
            return .success(.init(context: .sessionless, partitions: asked.partitions))
        }
        let nowMs = node.clock.nowMs
        return node.fetchSessions.withLockedValue {
            $0.open(asked, nowMs: nowMs) { table.topic($0)?.name }
        }
    }

    private func close(
        _ opening: FetchSessionCache.Opening, of asked: FetchSessionCache.Request,
        _ answers: [Partition.FetchData], _ context: RequestContext
    ) -> FetchResponse {
        guard opening.context != .sessionless else {
            return response(opening.partitions, answers, .init(), context)
        }
        let nowMs = node.clock.nowMs
        let closing = node.fetchSessions.withLockedValue {
            $0.close(opening, of: asked, answers, nowMs: nowMs)
        }
        return response(opening.partitions, answers, closing, context)
    }

    // MARK: Responses

    private func response(
        _ partitions: [FetchedPartition], _ answers: [Partition.FetchData],
        _ closing: FetchSessionCache.Closing, _ context: RequestContext
    ) -> FetchResponse {
        var response = FetchResponse()
        response.errorCode = closing.error
        response.sessionId = closing.sessionID
        guard closing.error == .none else { return response }
        var start = 0
        while start < partitions.count {
            let first = partitions[start]
            let next = partitions[start...].firstIndex { !$0.isOfSameTopic(as: first) }
            let range = start..<(next ?? partitions.count)
            var topic = FetchResponse.FetchableTopicResponse()
            topic.topic = first.topic ?? ""
            topic.topicId = first.topicID
            topic.partitions =
                closing.isTold.map { isTold in range.filter { isTold[$0] }.map { answers[$0] } }
                ?? Array(answers[range])
            if !topic.partitions.isEmpty { response.responses.append(topic) }
            start = range.upperBound
        }
        if context.version >= FetchHandler.firstVersionWithLeader {
            tellLeader(in: &response, context.endpoint)
        }
        return response
    }

    /// Says who leads beside the errors of a client that does not know (KIP-951): this node.
    private func tellLeader(in response: inout FetchResponse, _ endpoint: AdvertisedEndpoint) {
        for topic in response.responses.indices {
            for index in response.responses[topic].partitions.indices
            where response.responses[topic].partitions[index].errorCode == .fencedLeaderEpoch {
                response.responses[topic].partitions[index].currentLeader.leaderId = node.nodeID
                var leader = FetchResponse.NodeEndpoint()
                leader.nodeId = node.nodeID
                leader.host = endpoint.host
                leader.port = endpoint.port
                response.nodeEndpoints = [leader]
            }
        }
    }
}

extension FetchSessionCache.Request {
    var isSessionless: Bool { sessionID == 0 && epoch == FetchSession.finalEpoch }

    /// - Parameter nameOf: the name that belongs to a topic's id.
    fileprivate init(_ request: FetchRequest, version: Int16, nameOf: (Uuid) -> String?) {
        sessionID = request.sessionId
        epoch = request.sessionEpoch
        isFromReplica = max(request.replicaId, request.replicaState.replicaId) >= 0
        usesTopicIDs = version >= FetchHandler.firstVersionByID
        partitions.reserveCapacity(request.topics.reduce(0) { $0 + $1.partitions.count })
        for topic in request.topics {
            let name = usesTopicIDs ? nameOf(topic.topicId) : topic.topic
            for partition in topic.partitions {
                partitions.append(
                    FetchedPartition(
                        topicID: topic.topicId, topic: name, ask: FetchAsk(partition)))
            }
        }
        for topic in request.forgottenTopicsData {
            for partition in topic.partitions {
                forgotten.append(
                    .init(topicID: topic.topicId, topic: topic.topic, partition: partition))
            }
        }
    }
}

extension FetchTarget {
    fileprivate static func list(
        of partitions: [FetchedPartition], _ table: TopicTable.Snapshot,
        _ context: RequestContext, isFromReplica: Bool
    ) -> [FetchTarget] {
        let isReplicaAllowed = !isFromReplica || context.allows(.clusterAction, .cluster)
        var last: (asked: FetchedPartition, topic: Topic?, isAllowed: Bool)?
        return partitions.map { asked in
            if last?.asked.isOfSameTopic(as: asked) != true {
                let isAllowed =
                    isFromReplica
                    ? isReplicaAllowed
                    : asked.topic.map { context.allows(.read, .topic($0)) } ?? true
                last = (asked, asked.topic.flatMap { table.topic($0) }, isAllowed)
            }
            guard last?.isAllowed != false else {
                return FetchTarget(error: .topicAuthorizationFailed, ask: asked.ask)
            }
            return FetchTarget(asked, last?.topic)
        }
    }

    private init(_ asked: FetchedPartition, _ topic: Topic?) {
        let found = topic?.partition(asked.ask.partition)
        if asked.topic == nil {
            self.init(error: .unknownTopicId, ask: asked.ask)
        } else if let topic, asked.topicID != .zero, found != nil, topic.id != asked.topicID {
            // Within a session: the topic was deleted since, and made anew.
            self.init(error: .inconsistentTopicId, ask: asked.ask)
        } else if let found {
            self.init(partition: found, ask: asked.ask)
        } else {
            self.init(error: .unknownTopicOrPartition, ask: asked.ask)
        }
    }
}
