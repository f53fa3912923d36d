internal import KafkaBase
internal import KafkaClient

/// One topic of a copy: what it is, and what it is called at the destination.
struct CopyPair: Sendable {
    var source: ClusterMetadata.Topic
    var destination: String
    /// Whether the destination has to be made.
    var isMissing = false
}

/// Finds the topics of a copy, and makes those that are missing at the destination.
struct CopyTopics {
    let plan: CopyPlan
    let source: KafkaClient
    let destination: KafkaClient
    let context: CommandContext

    /// Settings that are about the brokers of one cluster.
    private static let clusterBound: Set<String> = [
        "leader.replication.throttled.replicas", "follower.replication.throttled.replicas",
    ]

    /// - Throws: `CommandFailure`, `KafkaError`.
    func resolve() async throws -> [CopyPair] {
        let topics =
            plan.isRegex
            ? try await PartitionChoice.topics(matching: plan.sources, source)
            : try await PartitionChoice.topics(plan.sources, source, context)
        for topic in topics { try plan.checkApart(topic.name) }
        var pairs = topics.map {
            CopyPair(source: $0, destination: plan.destination(of: $0.name))
        }
        guard Set(pairs.map(\.destination)).count == pairs.count else {
            throw CommandFailure.usage("several topics would get the same name")
        }
        for index in pairs.indices {
            try await check(&pairs[index])
        }
        return pairs
    }

    private func check(_ pair: inout CopyPair) async throws {
        let found = try await PartitionChoice.known([pair.destination], destination)
        guard let there = found.topics.first else {
            pair.isMissing = true
            if plan.creates { return }
            throw found.failures.first ?? CommandFailure.failed("no topic \(pair.destination)")
        }
        // Two addresses may lead to one cluster.
        if let id = there.id, id == pair.source.id { throw CopyPlan.isSameTopic }
        try checkCount(pair, there.partitions.count)
    }

    private func checkCount(_ pair: CopyPair, _ count: Int) throws {
        let wanted = pair.source.partitions.count
        if !plan.repartitions, count != wanted {
            throw CommandFailure.failed(
                """
                \(pair.source.name) has \(Counted.text(wanted, "partition")), \(pair.destination) \
                has \(count); --repartition places the records anew
                """)
        }
        if case .transactions = plan.keeping, count < wanted, !plan.isOneCluster {
            throw CommandFailure.failed(
                """
                with --transactional-id, \(pair.destination) needs \(wanted) partitions at least, \
                as the offsets of \(pair.source.name) are kept there
                """)
        }
    }

    /// Makes what is missing.
    ///
    /// - Throws: `CommandFailure`, `KafkaError`.
    func create(_ pairs: [CopyPair]) async throws {
        let missing = pairs.filter(\.isMissing)
        guard !missing.isEmpty else { return }
        let configs = try await source.describeConfigs(missing.map { .topic($0.source.name) })
        let new = try missing.map { pair in
            let own = try configs[.topic(pair.source.name)]?.get() ?? []
            let count = plan.partitionCount ?? Int32(pair.source.partitions.count)
            try checkCount(pair, Int(count))
            return NewTopic(
                name: pair.destination, partitionCount: count,
                replicationFactor: plan.replicationFactor, configs: settings(own))
        }
        let results = try await destination.createTopics(new)
        var failures: [CommandFailure] = []
        for result in results {
            // Somebody else may have been quicker; its partitions are looked at again.
            guard let error = result.error, error.errorCode != .topicAlreadyExists else { continue }
            failures.append(CommandFailure(error))
        }
        for failure in failures { context.complain(failure.message) }
        if let first = failures.first { throw CommandFailure.reported(first.status) }
        if !plan.options.quiet {
            for topic in new {
                let partitions = Counted.text(Int(topic.partitionCount), "partition")
                context.note("created topic \(topic.name) with \(partitions)")
            }
        }
    }

    private func settings(_ own: [ConfigEntry]) -> [(name: String, value: String?)] {
        let given = Set(plan.configs.map(\.name))
        let copied = own.filter {
            $0.source == .topic && !$0.isSensitive && !given.contains($0.name)
                && !CopyTopics.clusterBound.contains($0.name)
        }
        return copied.map { ($0.name, $0.value) } + plan.configs.map { ($0.name, $0.value) }
    }
}
