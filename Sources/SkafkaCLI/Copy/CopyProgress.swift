internal import KafkaBase
internal import KafkaClient

/// How far a copy has come in each of the source's partitions, kept as a group's offsets.
struct CopyProgress: Sendable {
    let group: String
    /// Where the offsets are kept.
    let client: KafkaClient
    /// Under which topic's name those of a source's topic are kept: its own, and between clusters
    /// the destination's, as a broker only keeps offsets of topics that it knows.
    let names: [String: String]

    /// Nil where nothing is kept.
    init?(_ plan: CopyPlan, _ pairs: [CopyPair], source: KafkaClient, destination: KafkaClient) {
        switch plan.keeping {
        case .nowhere: return nil
        case .group(let group):
            self.group = group
            client = source
        case .transactions(let group):
            self.group = group
            client = destination
        }
        let isAbroad = plan.keeping != .group(group) && !plan.isOneCluster
        names = Dictionary(
            uniqueKeysWithValues: pairs.map {
                ($0.source.name, isAbroad ? $0.destination : $0.source.name)
            })
    }

    private func place(_ partition: TopicPartition) -> TopicPartition {
        TopicPartition(
            topic: names[partition.topic] ?? partition.topic, partition: partition.partition)
    }

    /// The offsets as they are kept: that of the next record to be copied.
    func kept(_ positions: [TopicPartition: Int64]) -> [TopicPartition: OffsetAndMetadata] {
        Dictionary(
            uniqueKeysWithValues: positions.map { partition, offset in
                (place(partition), OffsetAndMetadata(offset: offset, metadata: "skafka copy"))
            })
    }

    /// Where the last copy came to.
    ///
    /// - Throws: `KafkaError`.
    func load(_ partitions: [TopicPartition]) async throws -> [TopicPartition: Int64] {
        let results = try await client.groupOffsets(
            [group], of: partitions.map(place), requireStable: true)
        guard let offsets = try results[group]?.get() else { return [:] }
        var positions: [TopicPartition: Int64] = [:]
        for partition in partitions {
            if let result = offsets[place(partition)] {
                positions[partition] = try result.get().offset
            }
        }
        return positions
    }

    /// Keeps how far the copy has come; not for transactions, which keep it themselves.
    ///
    /// - Throws: `KafkaError`.
    func save(_ positions: [TopicPartition: Int64]) async throws {
        guard !positions.isEmpty else { return }
        let results = try await client.alterGroupOffsets(group, kept(positions))
        for (_, error) in results.sorted(by: { $0.key < $1.key }) {
            if let error { throw error }
        }
    }
}
