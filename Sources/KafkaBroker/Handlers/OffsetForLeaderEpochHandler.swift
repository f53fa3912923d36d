import KafkaBase
import KafkaLog
import KafkaSecurity
import KafkaWire
import NIOCore

/// OffsetForLeaderEpoch (KIP-320): where a leader epoch's records end, for consumers that check
/// whether the log was cut below them.
///
/// - Version 3 and above name a replica, which makes no difference for consumers.
/// - An epoch that the log does not know is answered with -1 for epoch and offset.
struct OffsetForLeaderEpochHandler: ApiHandler {
    typealias Request = OffsetForLeaderEpochRequest
    typealias PartitionRequest = OffsetForLeaderEpochRequest.OffsetForLeaderPartition
    typealias Answer = OffsetForLeaderEpochResponse.EpochEndOffset
    static let servedVersions: ClosedRange<Int16> = 2...4

    let node: BrokerNode

    func handle(
        _ request: OffsetForLeaderEpochRequest, _ context: RequestContext,
        _ reply: Reply<OffsetForLeaderEpochResponse>
    ) {
        let table = node.table.snapshot
        var partitions = PartitionFanOut<PartitionRequest, Answer> { Answer($0.partition, $1) }
        let isBroker = context.shows(.clusterAction, .cluster)
        for topic in request.topics {
            let isAllowed = isBroker || context.allows(.describe, .topic(topic.topic))
            for asked in topic.partitions {
                if isAllowed {
                    partitions.ask(table.partition(topic.topic, asked.partition), asked)
                } else {
                    partitions.refuse(asked, .topicAuthorizationFailed)
                }
            }
        }
        partitions.run(on: context.eventLoop) { partition, asked, then in
            var answer = Answer(
                asked.partition, partition.epochError(asked.currentLeaderEpoch))
            if answer.errorCode == .none {
                let end = partition.endOffset(ofLeaderEpoch: asked.leaderEpoch)
                answer.leaderEpoch = end.epoch
                answer.endOffset = end.endOffset
            }
            then(answer)
        } then: { answers in
            reply.send(response(to: request, answers))
        }
    }

    private func response(
        to request: OffsetForLeaderEpochRequest, _ answers: [Answer]
    ) -> OffsetForLeaderEpochResponse {
        var rest = answers[...]
        var response = OffsetForLeaderEpochResponse()
        response.topics = request.topics.map { asked in
            var topic = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
            topic.topic = asked.topic
            topic.partitions = rest.takeFirst(asked.partitions.count)
            return topic
        }
        return response
    }
}

extension OffsetForLeaderEpochResponse.EpochEndOffset {
    fileprivate init(_ partition: Int32, _ error: ErrorCode) {
        self.init()
        self.partition = partition
        errorCode = error
    }
}
