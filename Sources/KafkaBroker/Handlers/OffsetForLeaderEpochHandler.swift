import KafkaBase
import KafkaLog
import KafkaWire
import NIOCore

/// OffsetForLeaderEpoch (KIP-320): where a leader epoch's records end, for consumers that check
/// whether the log was cut below them.
///
/// - Version 3 and above name a replica, which makes no difference for consumers.
/// - An epoch that the log does not know is answered with -1 for epoch and offset.
struct OffsetForLeaderEpochHandler: ApiHandler {
    typealias Request = OffsetForLeaderEpochRequest
    typealias Answer = OffsetForLeaderEpochResponse.EpochEndOffset
    static let servedVersions: ClosedRange<Int16> = 2...4

    private struct Part: Sendable {
        var index: Int
        var partition: Partition
        var request: OffsetForLeaderEpochRequest.OffsetForLeaderPartition
    }

    let node: BrokerNode

    func handle(
        _ request: OffsetForLeaderEpochRequest, _ context: RequestContext,
        _ reply: Reply<OffsetForLeaderEpochResponse>
    ) {
        let table = node.table.snapshot
        let home = context.eventLoop
        let count = request.topics.reduce(0) { $0 + $1.partitions.count }
        let answers = FanIn<Answer>(count: count) { answers in
            reply.send(response(to: request, answers))
        }
        var parts: [Part] = []
        var index = 0
        for topic in request.topics {
            for asked in topic.partitions {
                if let partition = table.partition(topic.topic, asked.partition) {
                    parts.append(Part(index: index, partition: partition, request: asked))
                } else {
                    answers.complete(index, answer(asked.partition, .unknownTopicOrPartition))
                }
                index += 1
            }
        }
        for (eventLoop, parts) in parts.grouped(by: { $0.partition.eventLoop }) {
            eventLoop.runOrHop {
                for part in parts {
                    let answer = find(part)
                    home.runOrHop { answers.complete(part.index, answer) }
                }
            }
        }
    }

    /// On the partition's event loop.
    private func find(_ part: Part) -> Answer {
        let partition = part.partition
        guard !partition.isRetired else {
            return answer(part.request.partition, .unknownTopicOrPartition)
        }
        let error = partition.epochError(part.request.currentLeaderEpoch)
        var answer = answer(part.request.partition, error)
        guard error == .none else { return answer }
        if part.request.leaderEpoch == partition.leaderEpoch {
            // Also where nothing was written in it yet.
            answer.leaderEpoch = partition.leaderEpoch
            answer.endOffset = partition.highWatermark
        } else {
            let asked = part.request.leaderEpoch
            let end = partition.log.endOffset(forLeaderEpoch: asked)
            // An epoch that has passed without a record ended where the log does.
            let isSilent = end.epoch < 0 && (0..<partition.leaderEpoch).contains(asked)
            answer.leaderEpoch = isSilent ? asked : end.epoch
            answer.endOffset = isSilent ? partition.highWatermark : end.endOffset
        }
        return answer
    }

    private func answer(_ partition: Int32, _ error: ErrorCode) -> Answer {
        var answer = Answer()
        answer.partition = partition
        answer.errorCode = error
        return answer
    }

    private func response(
        to request: OffsetForLeaderEpochRequest, _ answers: [Answer]
    ) -> OffsetForLeaderEpochResponse {
        var response = OffsetForLeaderEpochResponse()
        var index = 0
        response.topics = request.topics.map { asked in
            var topic = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
            topic.topic = asked.topic
            topic.partitions = Array(answers[index..<index + asked.partitions.count])
            index += asked.partitions.count
            return topic
        }
        return response
    }
}
