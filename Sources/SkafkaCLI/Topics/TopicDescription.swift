internal import KafkaBase
internal import KafkaClient

/// What `topics describe` tells about a topic.
struct TopicDescription {
    struct Partition {
        var metadata: ClusterMetadata.Partition
        /// Nil where the broker did not tell, likewise the others.
        var startOffset: Int64?
        var endOffset: Int64?
        var sizeBytes: Int64?
    }

    var topic: ClusterMetadata.Topic
    var partitions: [Partition]
    /// Those that are not the default.
    var configs: [ConfigEntry]
    /// `min.insync.replicas`; nil where the broker did not tell.
    var minInSyncReplicas: Int?

    /// Drops the partitions whose replicas in sync are not as many, or not fewer, than are needed
    /// to write with acks `all`.
    mutating func keepPartitions(belowMinimum: Bool, atMinimum: Bool) {
        let minimum = minInSyncReplicas
        partitions.removeAll { partition in
            guard let minimum else { return true }
            let count = partition.metadata.inSyncReplicas.count
            return !(belowMinimum && count < minimum) && !(atMinimum && count == minimum)
        }
    }

    /// Gathers offsets, sizes and settings; what a broker does not tell is left out.
    ///
    /// - Parameter isWanted: which partitions are shown.
    /// - Throws: `KafkaError` when no broker answers.
    static func load(
        _ topics: [ClusterMetadata.Topic], _ client: KafkaClient,
        where isWanted: (ClusterMetadata.Partition) -> Bool
    ) async throws -> [TopicDescription] {
        guard !topics.isEmpty else { return [] }
        let wanted = topics.map { ($0, $0.partitions.filter(isWanted)) }
        let partitions = wanted.flatMap { topic, partitions in
            partitions.filter { $0.leader != nil }
                .map { TopicPartition(topic: topic.name, partition: $0.partition) }
        }
        let starts = try await offsets(partitions, .earliest, client)
        let ends = try await offsets(partitions, .latest, client)
        let sizes = await sizes(partitions, topics, client)
        let configs = try? await client.describeConfigs(topics.map { .topic($0.name) })
        return wanted.map { topic, partitions in
            let entries = (try? configs?[.topic(topic.name)]?.get()) ?? []
            let minimum = entries.first { $0.name == "min.insync.replicas" }?.value
            return TopicDescription(
                topic: topic,
                partitions: partitions.map { partition in
                    let key = TopicPartition(topic: topic.name, partition: partition.partition)
                    return Partition(
                        metadata: partition, startOffset: starts[key], endOffset: ends[key],
                        sizeBytes: sizes[key])
                },
                configs: entries.filter { $0.source == .topic },
                minInSyncReplicas: minimum.flatMap { Int($0) })
        }
    }

    private static func offsets(
        _ partitions: [TopicPartition], _ spec: OffsetSpec, _ client: KafkaClient
    ) async throws -> [TopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        return try await client.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, spec) })
        ).compactMapValues { try? $0.get().offset }
    }

    /// The leaders' log sizes; nothing where a broker refuses.
    private static func sizes(
        _ partitions: [TopicPartition], _ topics: [ClusterMetadata.Topic], _ client: KafkaClient
    ) async -> [TopicPartition: Int64] {
        let wanted = Set(partitions)
        var leaders: [TopicPartition: Int32] = [:]
        for topic in topics {
            for partition in topic.partitions {
                let key = TopicPartition(topic: topic.name, partition: partition.partition)
                if wanted.contains(key) { leaders[key] = partition.leader }
            }
        }
        let answers = try? await client.describeLogDirs(
            brokers: Array(Set(leaders.values)), partitions: partitions)
        var result: [TopicPartition: Int64] = [:]
        for (broker, directories) in answers ?? [:] {
            for replica in (try? directories.get())?.flatMap(\.replicas) ?? []
            where !replica.isFuture && leaders[replica.partition] == broker {
                result[replica.partition] = replica.sizeBytes
            }
        }
        return result
    }
}

extension TopicDescription {
    private static let columns: [Table.Column] = [
        .init("PARTITION", .right), .init("LEADER", .right), .init("REPLICAS"), .init("ISR"),
        .init("START", .right), .init("END", .right), .init("SIZE", .right),
    ]

    /// All partitions of all topics, a row each, the topic in front.
    static func table(_ descriptions: [TopicDescription]) -> Table {
        var table = Table([.init("TOPIC")] + columns)
        for description in descriptions {
            for partition in description.partitions {
                table.add([description.topic.name] + cells(partition))
            }
        }
        return table
    }

    func appendHuman(to output: OutputBuffer, width: Int?) {
        let replicas = topic.partitions.first?.replicas.count ?? 0
        output.append("Topic \(topic.name): ")
        output.append(Counted.text(topic.partitions.count, "partition"))
        output.append(", replication factor \(replicas)")
        if let id = topic.id { output.append(", id \(id)") }
        output.append(UInt8(ascii: "\n"))
        for config in configs {
            output.append("  \(config.name)=\(config.value ?? "")\n")
        }
        var table = Table(TopicDescription.columns)
        for partition in partitions { table.add(TopicDescription.cells(partition)) }
        table.appendHuman(to: output, width: width)
    }

    private static func cells(_ partition: Partition) -> [String] {
        [
            "\(partition.metadata.partition)", partition.metadata.leader.map { "\($0)" } ?? "",
            list(partition.metadata.replicas), list(partition.metadata.inSyncReplicas),
            partition.startOffset.map { "\($0)" } ?? "", partition.endOffset.map { "\($0)" } ?? "",
            partition.sizeBytes.map { "\($0)" } ?? "",
        ]
    }

    private static func list(_ brokers: [Int32]) -> String {
        brokers.map { "\($0)" }.joined(separator: ",")
    }

    static func appendJSON(_ descriptions: [TopicDescription], to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginArray()
        for description in descriptions { description.append(to: &json) }
        json.endArray()
        json.endLine()
    }

    private func append(to json: inout JSONWriter) {
        json.beginObject()
        json.field("topic", topic.name)
        json.field("id", topic.id.map { "\($0)" })
        json.field("internal", topic.isInternal)
        json.name("configs")
        json.beginObject()
        for config in configs {
            json.name(escaping: config.name)
            if let value = config.value { json.string(value) } else { json.null() }
        }
        json.endObject()
        json.name("partitions")
        json.beginArray()
        for partition in partitions {
            json.beginObject()
            json.field("partition", partition.metadata.partition)
            TopicDescription.field("leader", partition.metadata.leader, &json)
            json.field("leaderEpoch", partition.metadata.leaderEpoch)
            TopicDescription.field("replicas", partition.metadata.replicas, &json)
            TopicDescription.field("isr", partition.metadata.inSyncReplicas, &json)
            TopicDescription.field("startOffset", partition.startOffset, &json)
            TopicDescription.field("endOffset", partition.endOffset, &json)
            TopicDescription.field("size", partition.sizeBytes, &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private static func field(
        _ name: StaticString, _ value: (some BinaryInteger)?, _ json: inout JSONWriter
    ) {
        json.name(name)
        if let value { json.integer(value) } else { json.null() }
    }

    private static func field(_ name: StaticString, _ values: [Int32], _ json: inout JSONWriter) {
        json.name(name)
        json.beginArray()
        for value in values { json.integer(value) }
        json.endArray()
    }
}
