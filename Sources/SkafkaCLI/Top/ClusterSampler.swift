internal import KafkaBase
internal import KafkaClient
internal import NIOCore

/// Takes samples of a cluster. What a broker does not tell is left out of them.
struct ClusterSampler: Sendable {
    let client: KafkaClient
    /// Empty for all.
    let topics: [String]
    let showsInternal: Bool

    /// - Returns: the sample, and why named topics are not in it.
    /// - Throws: `KafkaError` when no broker answers.
    func sample() async throws -> (sample: ClusterSample, failures: [CommandFailure]) {
        let metadata = try await client.metadata(topics: topics.isEmpty ? nil : topics)
        let shown = metadata.topics.filter { topic in
            switch topic.error {
            case nil, .leaderNotAvailable?:
                topics.isEmpty ? showsInternal || !topic.isInternal : true
            default: false
            }
        }
        let failures = await NameHints.failures(missing(metadata, shown), client)
        async let ends = offsets(of: shown)
        async let sizes = sizes(of: shown)
        async let groups = groups()
        var sample = ClusterSample(atNs: NIODeadline.now().uptimeNanoseconds)
        sample.clusterID = metadata.clusterID
        sample.brokers = metadata.brokers.map {
            ClusterSample.Broker(
                id: $0.id, address: "\($0.host):\($0.port)",
                isController: $0.id == metadata.controllerID)
        }
        let (endOffsets, sizeBytes) = (try await ends, await sizes)
        sample.groups = try await lags(of: await groups, endOffsets)
        sample.topics = shown.map { topic in
            ClusterSample.Topic(
                name: topic.name,
                partitions: topic.partitions.map { partition in
                    let key = TopicPartition(topic: topic.name, partition: partition.partition)
                    return ClusterSample.Partition(
                        number: partition.partition, leader: partition.leader,
                        replicaCount: partition.replicas.count,
                        inSyncCount: partition.inSyncReplicas.count, endOffset: endOffsets[key],
                        sizeBytes: sizeBytes[key])
                })
        }
        return (sample, failures)
    }

    /// Why named topics are not shown.
    private func missing(
        _ metadata: ClusterMetadata, _ shown: [ClusterMetadata.Topic]
    ) -> [KafkaError] {
        let names = Set(shown.map(\.name))
        return topics.filter { !names.contains($0) }.map { name in
            switch metadata.topic(name)?.error {
            case nil, .unknownTopicOrPartition?:
                KafkaError(.unknownTopic(name), "unknown topic \(name)")
            case let code?: KafkaError(.broker(code), "topic \(name): \(code)")
            }
        }
    }

    private func led(_ topics: [ClusterMetadata.Topic]) -> [TopicPartition] {
        topics.flatMap { topic in
            topic.partitions.filter { $0.leader != nil }
                .map { TopicPartition(topic: topic.name, partition: $0.partition) }
        }
    }

    private func offsets(
        of topics: [ClusterMetadata.Topic]
    ) async throws -> [TopicPartition: Int64] {
        try await offsets(of: led(topics))
    }

    func offsets(of partitions: [TopicPartition]) async throws -> [TopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        return try await client.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, .latest) })
        ).compactMapValues { try? $0.get().offset }
    }

    /// The leaders' log sizes; nothing where a broker refuses.
    private func sizes(of topics: [ClusterMetadata.Topic]) async -> [TopicPartition: Int64] {
        let partitions = led(topics)
        guard !partitions.isEmpty else { return [:] }
        let leaders = Dictionary(
            topics.flatMap { topic in
                topic.partitions.map {
                    (TopicPartition(topic: topic.name, partition: $0.partition), $0.leader)
                }
            }, uniquingKeysWith: { first, _ in first })
        guard
            let answers = try? await client.describeLogDirs(
                brokers: Set(leaders.values.compactMap { $0 }).sorted(), partitions: partitions)
        else { return [:] }
        var result: [TopicPartition: Int64] = [:]
        for (broker, answer) in answers {
            guard case .success(let directories) = answer else { continue }
            for replica in directories.lazy.flatMap(\.replicas) where !replica.isFuture {
                guard leaders[replica.partition] == broker else { continue }
                result[replica.partition] = replica.sizeBytes
            }
        }
        return result
    }
}
