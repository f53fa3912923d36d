public import KafkaBase
internal import KafkaWire

/// A directory that a broker keeps logs in.
public struct LogDirectory: Sendable, Equatable {
    public struct Replica: Sendable, Equatable {
        public var partition: TopicPartition
        public var sizeBytes: Int64
        /// How far it lies behind: behind the high watermark, or, for one that is on its way to
        /// another directory, behind the present replica.
        public var offsetLag: Int64
        /// Whether it is on its way here from another directory (KIP-113).
        public var isFuture: Bool
    }

    public var path: String
    /// Why the broker cannot use it; nil when it can.
    public var error: KafkaError?
    /// Of the file system (KIP-827); nil where the broker does not tell.
    public var totalBytes: Int64?
    public var usableBytes: Int64?
    /// In order.
    public var replicas: [Replica] = []

    public var sizeBytes: Int64 { replicas.reduce(0) { $0 + $1.sizeBytes } }
}

extension KafkaClient {
    /// The log directories of brokers, with the sizes of what is in them.
    ///
    /// ```swift
    /// for case (let broker, .success(let directories)) in try await client.describeLogDirs() {
    ///     print(broker, directories.map(\.path))
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - brokers: nil for all.
    ///   - partitions: nil for all.
    /// - Returns: for each broker its directories by path, or why not.
    public func describeLogDirs(
        brokers: [Int32]? = nil, partitions: [TopicPartition]? = nil
    ) async throws(KafkaError) -> [Int32: Result<[LogDirectory], KafkaError>] {
        let answers = try await askBrokers(
            brokers,
            { _ throws(KafkaError) in
                var request = DescribeLogDirsRequest()
                request.topics = partitions?.byTopic.map { name, numbers in
                    var topic = DescribeLogDirsRequest.DescribableLogDirTopic()
                    topic.topic = name
                    topic.partitions = numbers
                    return topic
                }
                return request
            }, errorCode: { $0.errorCode }, what: "log directories")
        return answers.mapValues { answer in
            answer.map { response in
                response.results.map(LogDirectory.init).sorted { $0.path < $1.path }
            }
        }
    }
}

extension LogDirectory {
    fileprivate init(_ result: DescribeLogDirsResponse.DescribeLogDirsResult) {
        path = result.logDir
        error =
            result.errorCode == .none
            ? nil : KafkaError(result.errorCode, "log directory \(result.logDir)")
        totalBytes = result.totalBytes >= 0 ? result.totalBytes : nil
        usableBytes = result.usableBytes >= 0 ? result.usableBytes : nil
        replicas = result.topics.flatMap { topic in
            topic.partitions.map { entry in
                Replica(
                    partition: TopicPartition(topic: topic.name, partition: entry.partitionIndex),
                    sizeBytes: entry.partitionSize, offsetLag: entry.offsetLag,
                    isFuture: entry.isFutureKey)
            }
        }.sorted { $0.partition < $1.partition }
    }
}
