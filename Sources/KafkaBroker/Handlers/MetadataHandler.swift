import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// Metadata: the broker, the topics, who leads their partitions.
///
/// - Version 0 asks for all topics with an empty list, version 1 and above with null, where an
///   empty list asks for none.
/// - An unknown topic is made at once where the broker and the client (from version 4 on) allow it,
///   and answered as existing; Kafka answers LEADER_NOT_AVAILABLE and is asked again.
/// - Version 12 and above may ask by topic id, and do so for all topics or for none; a name beside
///   an id counts for nothing (Java's clients send an empty one). 10 and 11 tell ids only.
/// - Topics that the client may not describe are not listed, and not told whether they are there.
/// - The broker's address is that of the listener the request came by.
struct MetadataHandler: ApiHandler {
    typealias Request = MetadataRequest
    typealias TopicAnswer = MetadataResponse.MetadataResponseTopic
    static let servedVersions: ClosedRange<Int16> = 0...13
    static let firstVersionByID: Int16 = 12

    /// Topics that one request may make; those beyond are answered as unknown.
    static let maxCreatedTopics = TopicRules.maxPartitionsPerRequest

    let node: BrokerNode

    func handle(
        _ request: MetadataRequest, _ context: RequestContext, _ reply: Reply<MetadataResponse>
    ) {
        let asksForAll =
            request.topics == nil
            || (context.version == 0 && request.topics?.isEmpty == true)
        guard !asksForAll else {
            let topics = node.table.snapshot.byName.values
                .filter { context.shows(.describe, .topic($0.name)) }
                .sorted { $0.name < $1.name }
            return reply.send(
                response(
                    to: request, context, topics: topics.map { answer($0, request, context) }))
        }
        var refused: [String: ErrorCode] = [:]
        let missing = topicsToCreate(request, context).filter { name in
            guard !context.allowsCreation(of: name) else { return true }
            refused[name] = .topicAuthorizationFailed
            return false
        }
        guard !missing.isEmpty else {
            return reply.send(answer(request, context, failures: refused))
        }
        node.controller.create(
            missing.map { NewTopic(name: $0) },
            quota: node.mutationQuota(of: context, strictFrom: 0), on: context.eventLoop
        ).whenComplete { [refused] result in
            let results = (try? result.get()) ?? []
            var failures = refused
            for (name, result) in zip(missing, results) {
                if case .failure(let error) = result { failures[name] = error.code }
            }
            reply.send(answer(request, context, failures: failures))
        }
    }

    /// Those that are not there, as far as the client may know.
    private func topicsToCreate(
        _ request: MetadataRequest, _ context: RequestContext
    ) -> [String] {
        guard node.autoCreateTopics, request.allowAutoTopicCreation, !request.asksByID else {
            return []
        }
        let table = node.table.snapshot
        var names: [String] = []
        var seen: Set<String> = []
        for case let name? in (request.topics ?? []).lazy.map(\.name) {
            guard names.count < MetadataHandler.maxCreatedTopics else { break }
            // Internal topics are made by whoever keeps their records, with settings of their own.
            guard TopicName.problem(name) == nil, table.topic(name) == nil,
                !TopicName.internalTopics.contains(name), seen.insert(name).inserted,
                context.shows(.describe, .topic(name))
            else { continue }
            names.append(name)
        }
        return names
    }

    // MARK: Answers

    /// - Parameter failures: why topics could not be made.
    private func answer(
        _ request: MetadataRequest, _ context: RequestContext, failures: [String: ErrorCode]
    ) -> MetadataResponse {
        let table = node.table.snapshot
        // To look at all of them for each would take time that grows with the square.
        let asksByID = request.asksByID
        let asked = request.topics ?? []
        let once = asksByID ? asked.once(by: \.topicId) : asked.once(by: \.name)
        let topics = once.map { asked -> TopicAnswer in
            guard let name = asked.name, !asksByID else {
                return answer(id: asked.topicId, table, request, context)
            }
            var unknown = TopicAnswer()
            unknown.name = name
            if let refusal = context.refusal(of: .describe, .topic(name)) {
                unknown.errorCode = refusal.code
                return unknown
            }
            if let topic = table.topic(name) { return answer(topic, request, context) }
            unknown.errorCode =
                TopicName.problem(name) != nil
                ? .invalidTopicException
                : failures[name].map(answerable) ?? .unknownTopicOrPartition
            return unknown
        }
        return response(to: request, context, topics: topics)
    }

    /// Another request has made the topic meanwhile, and it was deleted again: it is not there. Nor
    /// is one that the client's quota did not allow: it will ask again.
    private func answerable(_ code: ErrorCode) -> ErrorCode {
        switch code {
        case .topicAlreadyExists, .throttlingQuotaExceeded: .unknownTopicOrPartition
        default: code
        }
    }

    private func answer(
        id: Uuid, _ table: TopicTable.Snapshot, _ request: MetadataRequest,
        _ context: RequestContext
    ) -> TopicAnswer {
        var unknown = TopicAnswer()
        guard context.version >= MetadataHandler.firstVersionByID else {
            unknown.name = ""
            unknown.errorCode = .invalidRequest
            return unknown
        }
        unknown.name = nil
        unknown.topicId = id
        if let topic = table.topic(id) {
            guard let refusal = context.refusal(of: .describe, .topic(topic.name)) else {
                return answer(topic, request, context)
            }
            unknown.errorCode = refusal.code
            return unknown
        }
        unknown.errorCode = .unknownTopicId
        return unknown
    }

    private func answer(
        _ topic: Topic, _ request: MetadataRequest, _ context: RequestContext
    ) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = topic.name
        answer.topicId = topic.id
        answer.isInternal = topic.image.isInternal
        answer.partitions = topic.image.partitions.enumerated().map { number, image in
            var partition = MetadataResponse.MetadataResponsePartition()
            partition.partitionIndex = Int32(number)
            partition.leaderId = image.leader
            partition.leaderEpoch = image.leaderEpoch
            partition.replicaNodes = image.replicas
            partition.isrNodes = image.inSyncReplicas
            return partition
        }
        if request.includeTopicAuthorizedOperations {
            answer.topicAuthorizedOperations = context.authorizedOperations(
                on: .topic(topic.name))
        }
        return answer
    }

    private func response(
        to request: MetadataRequest, _ context: RequestContext, topics: [TopicAnswer]
    ) -> MetadataResponse {
        var response = MetadataResponse()
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.nodeId = node.nodeID
        broker.host = context.endpoint.host
        broker.port = context.endpoint.port
        response.brokers = [broker]
        response.clusterId = node.clusterID
        response.controllerId = node.nodeID
        response.topics = topics
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = context.authorizedClusterOperations
        }
        return response
    }
}

extension MetadataRequest {
    /// Whether topics are named by their ids.
    fileprivate var asksByID: Bool { topics?.contains { $0.topicId != .zero } ?? false }
}
