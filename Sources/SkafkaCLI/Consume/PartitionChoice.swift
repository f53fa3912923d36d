internal import KafkaBase
internal import KafkaClient

/// Which partitions a command is about.
enum PartitionChoice {
    /// All partitions of topics, or those of a list, which every topic must have.
    ///
    /// - Throws: `CommandFailure` that names what there is not.
    static func resolve(
        _ topics: [ClusterMetadata.Topic], _ list: PartitionList?
    ) throws(CommandFailure) -> [TopicPartition] {
        var result: [TopicPartition] = []
        for topic in topics {
            for number in list?.partitions ?? topic.partitions.map(\.partition) {
                guard topic.partition(number) != nil else {
                    throw .failed(
                        """
                        topic \(topic.name) has no partition \(number), only 0 to \
                        \(topic.partitions.count - 1)
                        """)
                }
                result.append(TopicPartition(topic: topic.name, partition: number))
            }
        }
        return result
    }

    /// The named topics; each unknown one is a line on standard error.
    ///
    /// - Throws: `CommandFailure` when any is missing, `KafkaError`.
    static func topics(
        _ names: [String], _ client: KafkaClient, _ context: CommandContext
    ) async throws -> [ClusterMetadata.Topic] {
        let (topics, failures) = try await known(names, client)
        try context.complain(of: failures)
        return topics
    }

    /// Those of the named topics that there are; each unknown one is a line on standard error.
    ///
    /// - Returns: with them, how a command ends that did what it could; nil when all are there.
    /// - Throws: `CommandFailure` when none is there, `KafkaError`.
    static func present(
        _ names: [String], _ client: KafkaClient, _ context: CommandContext
    ) async throws -> (topics: [ClusterMetadata.Topic], failure: CommandFailure?) {
        let (topics, failures) = try await known(names, client)
        if topics.isEmpty { try context.complain(of: failures) }
        for failure in failures { context.complain(failure.message) }
        return (topics, failures.first.map { .reported($0.status) })
    }

    /// Those of the named topics that there are, and why not the others.
    ///
    /// - Throws: `KafkaError`.
    static func known(
        _ names: [String], _ client: KafkaClient
    ) async throws -> (topics: [ClusterMetadata.Topic], failures: [CommandFailure]) {
        var topics: [ClusterMetadata.Topic] = []
        var errors: [KafkaError] = []
        for result in try await client.describeTopics(names) {
            switch result {
            case .success(let topic): topics.append(topic)
            case .failure(let error): errors.append(error)
            }
        }
        return (topics, await NameHints.failures(errors, client))
    }

    /// The topics whose whole name fits one of the regular expressions.
    ///
    /// - Throws: `CommandFailure`, also when there is none, unless `canBeNone`; `KafkaError`.
    static func topics(
        matching expressions: [String], _ client: KafkaClient, canBeNone: Bool = false
    ) async throws -> [ClusterMetadata.Topic] {
        let expressions = try patterns(expressions)
        let all = try await client.listTopics()
        let topics = all.filter { topic in
            topic.error == nil && !topic.isInternal
                && expressions.contains { $0.matches(topic.name) }
        }
        guard canBeNone || !topics.isEmpty else {
            throw CommandFailure.failed("no topic matches; see 'skafka topics list'")
        }
        return topics
    }

    /// - Throws: `CommandFailure` of status `usage`.
    static func patterns(_ expressions: [String]) throws(CommandFailure) -> [TopicPattern] {
        var patterns: [TopicPattern] = []
        for expression in expressions {
            do {
                patterns.append(try TopicPattern(expression))
            } catch {
                throw .usage(error.message)
            }
        }
        return patterns
    }
}
