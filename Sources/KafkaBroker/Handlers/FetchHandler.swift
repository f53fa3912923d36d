import KafkaBase
import KafkaWire
import NIOCore

/// Fetch: record batches of some partitions, waiting for them when there are too few.
///
/// - Version 4 brings isolation levels, 9 leader epochs, 13 topic ids.
/// - Version 7 brings sessions (KIP-227). A broker may answer a full fetch with session id 0, and
///   the client goes on with full fetches: this one does. A fetch within a session is refused.
/// - Zstd needs version 10 (KIP-110).
/// - The first batch is returned whole even when it is larger than all limits; an offset within a
///   batch returns the whole batch.
/// - Records are never null, not even beside an error: some clients cannot read that.
struct FetchHandler: ApiHandler {
    typealias Request = FetchRequest
    typealias TopicAnswer = FetchResponse.FetchableTopicResponse
    static let servedVersions: ClosedRange<Int16> = 4...18
    static let firstVersionWithZstd: Int16 = 10
    static let firstVersionByID: Int16 = 13
    /// Longest that a fetch may wait; what a client asks for beyond is cut.
    static let maxWaitMs: Int64 = 3_600_000

    let node: BrokerNode

    func handle(
        _ request: FetchRequest, _ context: RequestContext, _ reply: Reply<FetchResponse>
    ) {
        guard request.sessionId == 0 || request.sessionEpoch <= 0 else {
            var response = FetchResponse()
            response.errorCode = .fetchSessionIdNotFound
            return reply.send(response)
        }
        let table = node.table.snapshot
        let targets = request.topics.flatMap { topic in
            topic.partitions.map { target($0, of: topic, table, context.version) }
        }
        let limits = FetchTour.Limits(
            maxBytes: min(Int(max(0, request.maxBytes)), node.settings.fetchMaxBytes),
            minBytes: Int(request.minBytes), isReadCommitted: request.isolationLevel == 1,
            version: context.version)
        FetchJob(
            targets: targets, limits: limits, minBytes: Int(request.minBytes),
            maxWaitMs: min(Int64(request.maxWaitMs), FetchHandler.maxWaitMs), scope: context.scope
        ) { answers in
            reply.send(response(to: request, answers))
        }.start()
    }

    private func target(
        _ partition: FetchRequest.FetchPartition, of asked: FetchRequest.FetchTopic,
        _ table: TopicTable.Snapshot, _ version: Int16
    ) -> FetchTarget {
        let isByID = version >= FetchHandler.firstVersionByID
        guard let topic = isByID ? table.topic(asked.topicId) : table.topic(asked.topic) else {
            return FetchTarget(
                error: isByID ? .unknownTopicId : .unknownTopicOrPartition, request: partition)
        }
        guard let found = topic.partition(partition.partition) else {
            return FetchTarget(error: .unknownTopicOrPartition, request: partition)
        }
        return FetchTarget(partition: found, error: .none, request: partition)
    }

    private func response(
        to request: FetchRequest, _ answers: [Partition.FetchData]
    ) -> FetchResponse {
        var response = FetchResponse()
        var index = 0
        response.responses = request.topics.map { asked in
            var topic = TopicAnswer()
            topic.topic = asked.topic
            topic.topicId = asked.topicId
            topic.partitions = Array(answers[index..<index + asked.partitions.count])
            index += asked.partitions.count
            return topic
        }
        return response
    }
}
