internal import KafkaBase
internal import KafkaClient

/// One run of `copy`: topics, ranges, where the last copy came to, then the loop.
struct CopyRun {
    private let plan: CopyPlan
    private let context: CommandContext

    /// After a signal, how long deliveries may take, in ms.
    private static let deliveryLimitMs = SkafkaMain.cleanUpLimitMs - 1000

    init(_ plan: CopyPlan, _ context: CommandContext) {
        self.plan = plan
        self.context = context
    }

    /// - Throws: `CommandFailure`, `KafkaError`, `OutputError`.
    func run() async throws {
        let source = try await Session.open(plan.options, plan.settings, in: context).client
        let destination =
            plan.isOneCluster
            ? source
            : try await Session.open(plan.otherOptions, plan.otherSettings, in: context).client
        let topics = CopyTopics(
            plan: plan, source: source, destination: destination, context: context)
        let pairs = try await topics.resolve()
        let partitions = try PartitionChoice.resolve(pairs.map(\.source), plan.partitions)
        let progress = CopyProgress(plan, pairs, source: source, destination: destination)
        if plan.isDryRun {
            let ranges = try await ranges(partitions, source, progress)
            return try dryRun(summary(pairs, partitions), ranges, pairs)
        }
        try await topics.create(pairs)
        let failure = FailedDeliveries()
        let producer = makeProducer(destination, pairs, failure)
        let destinations = try await prepare(producer, pairs)
        let ranges = try await ranges(partitions, source, progress)
        let consumer = makeConsumer(source)
        context.interrupts.onInterrupt {
            Task { await consumer.close() }
            Task {
                try? await Task.sleep(for: .milliseconds(CopyRun.deliveryLimitMs))
                await producer.close(timeoutMs: 0)
            }
        }
        let loop = CopyLoop(
            plan, context, consumer, producer, destinations, ranges,
            summary(pairs, partitions), progress, failure)
        try await finish(loop, consumer, producer, hasProgress: progress != nil)
    }

    private func summary(_ pairs: [CopyPair], _ partitions: [TopicPartition]) -> CopySummary {
        CopySummary(
            pairs, partitions: Dictionary(grouping: partitions, by: \.topic).mapValues(\.count))
    }

    /// The producer holds what was read: to read far ahead would hold it twice.
    private func makeConsumer(_ source: KafkaClient) -> Consumer {
        var settings = plan.settings.consumer
        settings.prefetchBytes = min(
            settings.prefetchBytes, plan.otherSettings.producer.bufferBytes / 4)
        return Consumer(client: source, configuration: settings)
    }

    private func makeProducer(
        _ destination: KafkaClient, _ pairs: [CopyPair], _ failure: FailedDeliveries
    ) -> Producer {
        var settings = plan.otherSettings.producer
        // Brokers may not all know a topic yet that was just made.
        settings.allowAutoTopicCreation = pairs.contains(where: \.isMissing)
        return Producer(client: destination, configuration: settings) { report in
            failure.note(report)
        }
    }

    /// The destinations by their sources' names, with the transactional id taken: a copy that had
    /// it before can change nothing any more.
    private func prepare(
        _ producer: Producer, _ pairs: [CopyPair]
    ) async throws -> [String: TopicProducer] {
        var topics: [String: TopicProducer] = [:]
        for pair in pairs {
            let topic = try await producer.topic(pair.destination)
            let count = pair.source.partitions.count
            guard plan.repartitions || topic.partitionCount == count else {
                throw CommandFailure.failed(
                    "\(pair.destination) has \(topic.partitionCount) partitions, not \(count)")
            }
            topics[pair.source.name] = topic
        }
        if plan.otherSettings.producer.transactionalID != nil {
            try await producer.initTransactions()
        }
        return topics
    }

    private func ranges(
        _ partitions: [TopicPartition], _ source: KafkaClient, _ progress: CopyProgress?
    ) async throws -> [TopicPartition: PartitionRange] {
        let resolver = RangeResolver(
            client: source, isolationLevel: plan.settings.consumer.isolationLevel,
            nowMs: context.clock.nowMs)
        var ranges = try await resolver.resolve(
            partitions, from: plan.from ?? .beginning, to: plan.to)
        guard let progress, plan.from == nil else { return ranges }
        for (partition, offset) in try await progress.load(partitions) {
            guard var range = ranges[partition] else { continue }
            if offset < range.start {
                context.complain(
                    RemovedRecords(partition, from: offset, to: range.start).message)
            }
            range.start = max(range.start, offset)
            range.from = range.start
            ranges[partition] = range
        }
        return ranges
    }

    private func dryRun(
        _ summary: CopySummary, _ ranges: [TopicPartition: PartitionRange], _ pairs: [CopyPair]
    ) throws {
        var summary = summary
        for (partition, range) in ranges {
            guard let index = summary.lines.firstIndex(where: { $0.source == partition.topic })
            else { continue }
            summary.lines[index].records += Int(max(0, (range.end ?? range.start) - range.start))
        }
        if !plan.options.quiet {
            for pair in pairs where pair.isMissing {
                context.note("topic \(pair.destination) would be made")
            }
        }
        try summary.report(plan.options, context, isDryRun: true)
    }

    private func finish(
        _ loop: CopyLoop, _ consumer: Consumer, _ producer: Producer, hasProgress: Bool
    ) async throws {
        do {
            try await loop.run()
        } catch {
            await consumer.close()
            await producer.close(timeoutMs: 0)
            try? loop.settledSummary.report(plan.options, context)
            if !context.interrupts.isInterrupted { throw error }
            throw CommandFailure.reported(.failed)
        }
        await consumer.close()
        await producer.close()
        try loop.settledSummary.report(plan.options, context)
        let isUnfinished = context.interrupts.isInterrupted && !hasProgress && !plan.options.quiet
        if isUnfinished, plan.to != nil {
            context.note("not all was copied; with -g NAME a copy can be gone on with")
        }
    }
}
