import KafkaBase
import KafkaLog
import KafkaSecurity
import KafkaWire
import NIOCore
import Platform

/// DescribeLogDirs: the directories of the partitions' logs and the logs' sizes.
///
/// - A null list of topics asks for all.
/// - A directory that has failed is told with that error and no logs, as in Kafka.
/// - Version 4 and above tell the file system's size and what is free (KIP-827).
struct DescribeLogDirsHandler: ApiHandler {
    typealias Request = DescribeLogDirsRequest
    static let servedVersions: ClosedRange<Int16> = 1...4

    /// Size of one partition.
    private struct Size: Sendable {
        var name: TopicPartition
        var directory: String
        var bytes: Int
    }

    let node: BrokerNode

    func handle(
        _ request: DescribeLogDirsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeLogDirsResponse>
    ) {
        if let refusal = context.refusal(of: .describe, .cluster) {
            var response = DescribeLogDirsResponse()
            response.errorCode = refusal.code
            return reply.send(response)
        }
        let partitions = asked(request)
        let home = context.eventLoop
        let sizes = FanIn<Size>(count: partitions.count) { sizes in
            reply.send(response(sizes))
        }
        let numbered = partitions.enumerated().map { (index: $0.offset, partition: $0.element) }
        for (eventLoop, parts) in numbered.grouped(by: { $0.partition.eventLoop }) {
            eventLoop.runOrHop {
                for part in parts {
                    let partition = part.partition
                    let size = Size(
                        name: partition.name, directory: partition.log.logDirectoryPath,
                        bytes: partition.isRetired ? 0 : partition.log.sizeBytes)
                    home.runOrHop { sizes.complete(part.index, size) }
                }
            }
        }
    }

    private func asked(_ request: DescribeLogDirsRequest) -> [Partition] {
        let table = node.table.snapshot
        guard let topics = request.topics else {
            return table.byName.values.flatMap(\.partitions)
        }
        return topics.flatMap { topic in
            topic.partitions.compactMap { table.partition(topic.topic, $0) }
        }
    }

    private func response(_ sizes: [Size]) -> DescribeLogDirsResponse {
        let byDirectory = Dictionary(grouping: sizes, by: \.directory)
        var response = DescribeLogDirsResponse()
        response.results = node.directories.all.map { directory in
            var result = DescribeLogDirsResponse.DescribeLogDirsResult()
            result.logDir = directory.path
            guard !directory.health.isFailed else {
                result.errorCode = .kafkaStorageError
                return result
            }
            result.topics = topics(byDirectory[directory.path] ?? [])
            var status = statvfs()
            if statvfs(directory.path, &status) == 0 {
                result.totalBytes = Int64(
                    clamping: UInt64(status.f_blocks) * UInt64(status.f_frsize))
                result.usableBytes = Int64(
                    clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
            }
            return result
        }
        return response
    }

    private func topics(_ sizes: [Size]) -> [DescribeLogDirsResponse.DescribeLogDirsTopic] {
        let byTopic = Dictionary(grouping: sizes, by: \.name.topic)
        return byTopic.sorted { $0.key < $1.key }.map { name, sizes in
            var topic = DescribeLogDirsResponse.DescribeLogDirsTopic()
            topic.name = name
            topic.partitions = sizes.sorted { $0.name < $1.name }.map { size in
                var partition = DescribeLogDirsResponse.DescribeLogDirsPartition()
                partition.partitionIndex = size.name.partition
                partition.partitionSize = Int64(size.bytes)
                return partition
            }
            return topic
        }
    }
}
