internal import KafkaBase
internal import KafkaClient

/// One run of `consume -g`: topics, ends, membership, the loop over what is fetched, an orderly
/// leave.
struct GroupConsumeRun {
    private let plan: ConsumePlan
    private let context: CommandContext

    /// For the last commit and the farewell after a signal, in ms.
    private static let unwindLimitMs = 3000
    /// How often topics that match are looked for, in ms, unless `metadata.max.age.ms` is less.
    private static let topicRefreshMs = 10_000

    init(_ plan: ConsumePlan, _ context: CommandContext) {
        self.plan = plan
        self.context = context
    }

    /// - Throws: `CommandFailure`, `KafkaError`, `OutputError`.
    func run() async throws {
        plan.noteMeaningless(context)
        let patterns = plan.isRegex ? try PartitionChoice.patterns(plan.topics) : []
        let session = try await Session.open(plan.options, plan.settings, in: context)
        let resolver = RangeResolver(
            client: session.client, isolationLevel: plan.settings.consumer.isolationLevel,
            nowMs: context.clock.nowMs, includesControl: plan.printsControl)
        let ranges = GroupRanges(plan, resolver)
        let topics: [ClusterMetadata.Topic]
        var absence: CommandFailure?
        if plan.isRegex {
            topics = try await session.client.listTopics().filter { topic in
                topic.error == nil && !topic.isInternal
                    && patterns.contains { $0.matches(topic.name) }
            }
        } else {
            (topics, absence) = try await PartitionChoice.present(
                plan.topics, session.client, context)
        }
        try await ranges.capture(try PartitionChoice.resolve(topics, nil))
        let printer = RecordPrinter(plan, context.makeOutput())
        let loop = GroupConsumeLoop(plan, context, printer, ranges, session.client)
        let consumer = GroupConsumer(
            client: session.client, configuration: configuration(ranges),
            reading: plan.isRegex ? .matching(patterns) : .topics(topics.map(\.name)),
            fetching: plan.settings.consumer
        ) { consumer, event in
            await loop.rebalance(event, consumer)
        }
        context.interrupts.unwindLimitMs = GroupConsumeRun.unwindLimitMs
        context.interrupts.onInterrupt { consumer.wakeUp() }
        do {
            try await loop.run(consumer)
        } catch {
            // What was written is committed even so.
            let isCommitted = await loop.commitLast(consumer) == nil
            await consumer.close()
            guard !isCommitted, let error = error as? KafkaError else { throw error }
            throw CommandFailure.uncommitted(error)
        }
        let failure = await loop.commitLast(consumer)
        await consumer.close()
        if let failure { throw failure }
        try ConsumeRun.checkCount(printer, plan, context)
        if let absence { throw absence }
    }

    /// The loop commits by itself, only what was written.
    private func configuration(_ ranges: GroupRanges) -> GroupConfiguration {
        var group = plan.group ?? GroupConfiguration(groupID: "")
        group.enableAutoCommit = false
        if plan.isRegex {
            group.topicRefreshMs = min(
                plan.settings.client.metadataMaxAgeMs, GroupConsumeRun.topicRefreshMs)
        }
        switch plan.from {
        case .stored: group.offsetReset = plan.settings.offsetReset ?? .latest
        case .beginning where plan.isFromExplicit: group.offsetReset = .earliest
        case .end where plan.isFromExplicit: group.offsetReset = .latest
        case .beginning: group.offsetReset = plan.settings.offsetReset ?? .earliest
        case .end: group.offsetReset = plan.settings.offsetReset ?? .latest
        case .absolute, .beforeEnd, .time:
            group.offsetReset = .custom { partitions throws(KafkaError) in
                try await ranges.starts(of: partitions)
            }
        }
        return group
    }
}

extension ConsumePlan {
    /// Says which flags have no effect.
    func noteMeaningless(_ context: CommandContext) {
        guard !meaningless.isEmpty, !options.quiet else { return }
        context.complain("\(meaningless.joined(separator: ", ")): nothing to consume; ignored")
    }
}
