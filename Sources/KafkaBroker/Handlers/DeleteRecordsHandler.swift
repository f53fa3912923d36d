import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// DeleteRecords (KIP-107): moves the log start of partitions up; it is durable when answered.
///
/// - Offset -1 stands for the high watermark; an offset above it is out of range.
/// - A topic that is only compacted refuses it, and so do the internal ones.
/// - Segments that lie below the new start go at once, rather than with the next look at retention
///   as in Kafka: whoever asks wants the room.
struct DeleteRecordsHandler: ApiHandler {
    typealias Request = DeleteRecordsRequest
    typealias PartitionRequest = DeleteRecordsRequest.DeleteRecordsPartition
    typealias PartitionAnswer = DeleteRecordsResponse.DeleteRecordsPartitionResult
    static let servedVersions: ClosedRange<Int16> = 0...2

    private struct Outcome: Sendable {
        /// Nil when nothing has moved.
        var partition: Partition?
        var answer: PartitionAnswer
    }

    let node: BrokerNode

    func handle(
        _ request: DeleteRecordsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteRecordsResponse>
    ) {
        let home = context.eventLoop
        let table = node.table.snapshot
        var partitions = PartitionFanOut<PartitionRequest, Outcome> {
            Outcome(answer: PartitionAnswer($0.partitionIndex, $1))
        }
        for topic in request.topics {
            let isAllowed = context.allows(.delete, .topic(topic.name))
            for asked in topic.partitions {
                if !isAllowed {
                    partitions.refuse(asked, .topicAuthorizationFailed)
                } else if TopicName.internalTopics.contains(topic.name) {
                    partitions.refuse(asked, .invalidTopicException)
                } else {
                    partitions.ask(table.partition(topic.name, asked.partitionIndex), asked)
                }
            }
        }
        partitions.run(on: home) { partition, asked, then in
            then(delete(partition, before: asked.offset))
        } then: { outcomes in
            keep(outcomes, on: home) { reply.send(response(to: request, $0)) }
        }
    }

    /// On the partition's event loop.
    private func delete(_ partition: Partition, before offset: Int64) -> Outcome {
        let number = partition.name.partition
        switch partition.deleteRecords(before: offset) {
        case .success(let start):
            var answer = PartitionAnswer(number, .none)
            answer.lowWatermark = start
            return Outcome(partition: partition, answer: answer)
        case .failure(let error):
            return Outcome(answer: PartitionAnswer(number, error.code))
        }
    }

    /// Answers when the log starts are durable.
    private func keep(
        _ outcomes: [Outcome], on eventLoop: any EventLoop,
        then: @escaping @Sendable ([PartitionAnswer]) -> Void
    ) {
        let moved = outcomes.compactMap(\.partition)
        guard !moved.isEmpty else { return then(outcomes.map(\.answer)) }
        node.logStarts.keep(moved, on: eventLoop).whenComplete { result in
            let errors = try? result.get()
            then(
                outcomes.map { outcome in
                    guard let partition = outcome.partition else { return outcome.answer }
                    guard let errors else {
                        return PartitionAnswer(partition.name.partition, .brokerNotAvailable)
                    }
                    guard let error = errors[partition.name] else { return outcome.answer }
                    return PartitionAnswer(partition.name.partition, error.errorCode)
                })
        }
    }

    private func response(
        to request: DeleteRecordsRequest, _ answers: [PartitionAnswer]
    ) -> DeleteRecordsResponse {
        var rest = answers[...]
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { asked in
            var topic = DeleteRecordsResponse.DeleteRecordsTopicResult()
            topic.name = asked.name
            topic.partitions = rest.takeFirst(asked.partitions.count)
            return topic
        }
        return response
    }
}

extension DeleteRecordsResponse.DeleteRecordsPartitionResult {
    fileprivate init(_ partition: Int32, _ error: ErrorCode) {
        self.init()
        partitionIndex = partition
        lowWatermark = -1
        errorCode = error
    }
}
