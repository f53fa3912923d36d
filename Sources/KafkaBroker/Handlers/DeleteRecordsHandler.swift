import KafkaBase
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
    typealias PartitionAnswer = DeleteRecordsResponse.DeleteRecordsPartitionResult
    static let servedVersions: ClosedRange<Int16> = 0...2

    private struct Part: Sendable {
        var index: Int
        var partition: Partition
        var offset: Int64
    }

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
        let count = request.topics.reduce(0) { $0 + $1.partitions.count }
        let outcomes = FanIn<Outcome>(count: count) { outcomes in
            keep(outcomes, on: home) { reply.send(response(to: request, $0)) }
        }
        var parts: [Part] = []
        let table = node.table.snapshot
        var index = 0
        for topic in request.topics {
            for asked in topic.partitions {
                if TopicName.internalTopics.contains(topic.name) {
                    outcomes.complete(index, refusal(asked, .invalidTopicException))
                } else if let partition = table.partition(topic.name, asked.partitionIndex) {
                    parts.append(Part(index: index, partition: partition, offset: asked.offset))
                } else {
                    outcomes.complete(index, refusal(asked, .unknownTopicOrPartition))
                }
                index += 1
            }
        }
        for (eventLoop, parts) in parts.grouped(by: { $0.partition.eventLoop }) {
            eventLoop.runOrHop {
                for part in parts {
                    let outcome = delete(part)
                    home.runOrHop { outcomes.complete(part.index, outcome) }
                }
            }
        }
    }

    /// On the partition's event loop.
    private func delete(_ part: Part) -> Outcome {
        let number = part.partition.name.partition
        switch part.partition.deleteRecords(before: part.offset) {
        case .success(let start):
            var answer = answer(number, error: .none)
            answer.lowWatermark = start
            return Outcome(partition: part.partition, answer: answer)
        case .failure(let error):
            return Outcome(answer: answer(number, error: error.code))
        }
    }

    private func refusal(
        _ asked: DeleteRecordsRequest.DeleteRecordsPartition, _ error: ErrorCode
    ) -> Outcome {
        Outcome(answer: answer(asked.partitionIndex, error: error))
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
                        return answer(partition.name.partition, error: .brokerNotAvailable)
                    }
                    guard let error = errors[partition.name] else { return outcome.answer }
                    return answer(partition.name.partition, error: error.errorCode)
                })
        }
    }

    private func answer(_ number: Int32, error: ErrorCode) -> PartitionAnswer {
        var answer = PartitionAnswer()
        answer.partitionIndex = number
        answer.lowWatermark = -1
        answer.errorCode = error
        return answer
    }

    private func response(
        to request: DeleteRecordsRequest, _ answers: [PartitionAnswer]
    ) -> DeleteRecordsResponse {
        var answers = answers[...]
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { asked in
            var topic = DeleteRecordsResponse.DeleteRecordsTopicResult()
            topic.name = asked.name
            topic.partitions = Array(answers.prefix(asked.partitions.count))
            answers = answers.dropFirst(topic.partitions.count)
            return topic
        }
        return response
    }
}
