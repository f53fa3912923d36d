import KafkaBase
import KafkaLog
import KafkaSecurity
import KafkaWire
import NIOCore

/// DescribeProducers: the producers that partitions know of, and where the transactions begin that
/// are open there (KIP-664).
struct DescribeProducersHandler: ApiHandler {
    typealias Request = DescribeProducersRequest
    typealias Answer = DescribeProducersResponse.PartitionResponse
    static let servedVersions: ClosedRange<Int16> = 0...0

    let node: BrokerNode

    func handle(
        _ request: DescribeProducersRequest, _ context: RequestContext,
        _ reply: Reply<DescribeProducersResponse>
    ) {
        let home = context.eventLoop
        let table = node.table.snapshot
        let asked = request.topics.flatMap { topic in
            topic.partitionIndexes.map { TopicPartition(topic: topic.name, partition: $0) }
        }
        let answers = FanIn<Answer>(count: asked.count) { answers in
            reply.send(response(to: request, answers))
        }
        for (index, name) in asked.enumerated() {
            if let problem = TopicName.problem(name.topic) {
                answers.complete(
                    index,
                    refusal(
                        name, .invalidTopicException, "Topic name is invalid: \(problem)"))
            } else if let error = context.refusal(of: .read, .topic(name.topic)) {
                answers.complete(index, refusal(name, error.code, error.message))
            } else if let partition = table.partition(name.topic, name.partition) {
                partition.eventLoop.runOrHop {
                    let answer = answer(partition)
                    home.runOrHop { answers.complete(index, answer) }
                }
            } else {
                answers.complete(index, refusal(name, .unknownTopicOrPartition))
            }
        }
    }

    /// On the partition's event loop.
    private func answer(_ partition: Partition) -> Answer {
        guard !partition.isRetired else {
            return refusal(partition.name, .unknownTopicOrPartition)
        }
        var answer = Answer()
        answer.partitionIndex = partition.name.partition
        answer.activeProducers = partition.producers.map { entry in
            var state = DescribeProducersResponse.ProducerState()
            state.producerId = entry.producerID
            state.producerEpoch = Int32(entry.epoch)
            state.lastSequence = entry.lastSequence
            state.lastTimestamp = entry.lastTimestamp
            state.coordinatorEpoch = entry.coordinatorEpoch
            state.currentTxnStartOffset = entry.transactionFirstOffset ?? -1
            return state
        }
        return answer
    }

    private func refusal(
        _ name: TopicPartition, _ error: ErrorCode, _ message: String? = nil
    ) -> Answer {
        var answer = Answer()
        answer.partitionIndex = name.partition
        answer.errorCode = error
        answer.errorMessage = message
        return answer
    }

    private func response(
        to request: DescribeProducersRequest, _ answers: [Answer]
    ) -> DescribeProducersResponse {
        var answers = answers[...]
        var response = DescribeProducersResponse()
        response.topics = request.topics.map { asked in
            var topic = DescribeProducersResponse.TopicResponse()
            topic.name = asked.name
            topic.partitions = Array(answers.prefix(asked.partitionIndexes.count))
            answers = answers.dropFirst(topic.partitions.count)
            return topic
        }
        return response
    }
}
