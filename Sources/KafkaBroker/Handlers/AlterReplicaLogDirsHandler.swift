import KafkaBase
import KafkaLog
import KafkaSecurity
import KafkaWire
import Logging
import NIOCore

/// AlterReplicaLogDirs (KIP-113): into which of the broker's directories logs are to go.
///
/// - What is no directory of the broker is told before what is no partition, as in Kafka.
/// - A log that lies there already stays. One that does not stays too, and that is an error: logs
///   are not moved while the broker serves them.
struct AlterReplicaLogDirsHandler: ApiHandler {
    typealias Request = AlterReplicaLogDirsRequest
    typealias TopicResult = AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult
    static let servedVersions: ClosedRange<Int16> = 1...2

    private struct Wish: Sendable {
        var partition: TopicPartition
        var path: String
    }

    private struct Answer: Sendable {
        var partition: TopicPartition
        var error: ErrorCode
    }

    let node: BrokerNode

    func handle(
        _ request: AlterReplicaLogDirsRequest, _ context: RequestContext,
        _ reply: Reply<AlterReplicaLogDirsResponse>
    ) {
        let table = node.table.snapshot
        var wishes = PartitionFanOut<Wish, Answer> { wish, error in
            // Kafka keeps the error that the API began with.
            let isUnknown = error == .unknownTopicOrPartition
            return Answer(
                partition: wish.partition, error: isUnknown ? .replicaNotAvailable : error)
        }
        let refusal = context.refusal(of: .alter, .cluster)
        for directory in request.dirs {
            let problem = refusal?.code ?? problem(directory.path)
            for topic in directory.topics {
                for number in topic.partitions {
                    let wish = Wish(
                        partition: TopicPartition(topic: topic.name, partition: number),
                        path: directory.path)
                    if let problem {
                        wishes.refuse(wish, problem)
                    } else {
                        wishes.ask(table.partition(topic.name, number), wish)
                    }
                }
            }
        }
        wishes.run(on: context.eventLoop) { [logger = node.logger] partition, wish, then in
            let path = partition.log.logDirectoryPath
            if path != wish.path {
                logger.warning(
                    "\(wish.partition) stays in \(path): logs are not moved while they are served")
            }
            then(
                Answer(
                    partition: wish.partition,
                    error: path == wish.path ? .none : .kafkaStorageError))
        } then: { answers in
            reply.send(response(answers))
        }
    }

    private func problem(_ path: String) -> ErrorCode? {
        guard let directory = node.directories.all.first(where: { $0.path == path }) else {
            return .logDirNotFound
        }
        return directory.health.isFailed ? .kafkaStorageError : nil
    }

    private func response(_ answers: [Answer]) -> AlterReplicaLogDirsResponse {
        let byTopic = Dictionary(grouping: answers, by: \.partition.topic)
        var response = AlterReplicaLogDirsResponse()
        response.results = byTopic.sorted { $0.key < $1.key }.map { name, answers in
            var topic = TopicResult()
            topic.topicName = name
            topic.partitions = answers.map { answer in
                var result = AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult()
                result.partitionIndex = answer.partition.partition
                result.errorCode = answer.error
                return result
            }
            return topic
        }
        return response
    }
}
