internal import KafkaBase
internal import KafkaClient

/// One run of `consume`: topics, ranges, the loop over what is fetched.
struct ConsumeRun {
    private let plan: ConsumePlan
    private let context: CommandContext

    /// What was read need not be kept, so a signal does not wait long, in ms.
    private static let unwindLimitMs = 1000

    init(_ plan: ConsumePlan, _ context: CommandContext) {
        self.plan = plan
        self.context = context
    }

    /// - Throws: `CommandFailure`, `KafkaError`, `OutputError`.
    func run() async throws {
        plan.noteMeaningless(context)
        let session = try await Session.open(plan.options, plan.settings, in: context)
        let (topics, failure) =
            plan.isRegex
            ? (try await PartitionChoice.topics(matching: plan.topics, session.client), nil)
            : try await PartitionChoice.present(plan.topics, session.client, context)
        let partitions = try PartitionChoice.resolve(topics, plan.partitions)
        let resolver = RangeResolver(
            client: session.client, isolationLevel: plan.settings.consumer.isolationLevel,
            nowMs: context.clock.nowMs, includesControl: plan.printsControl)
        let ranges = try await ranges(partitions, resolver, session.client)
        noteWaiting(for: ranges)
        let consumer = Consumer(
            client: session.client, configuration: plan.settings.consumer)
        context.interrupts.unwindLimitMs = ConsumeRun.unwindLimitMs
        context.interrupts.onInterrupt { Task { await consumer.close() } }
        let thread = BlockingThread()
        let printer = RecordPrinter(plan, context.makeOutput())
        var loop = ConsumeLoop(plan, context, consumer, printer, thread, ranges)
        do {
            try await loop.run()
        } catch {
            await consumer.close()
            try await thread.run { try printer.flush() }
            throw error
        }
        try await thread.run { try printer.flush() }
        await consumer.close()
        try ConsumeRun.checkCount(printer, plan, context)
        if let failure { throw failure }
    }

    /// - Throws: `CommandFailure` when fewer records came than were asked for.
    static func checkCount(
        _ printer: RecordPrinter, _ plan: ConsumePlan, _ context: CommandContext
    ) throws(CommandFailure) {
        guard printer.missing > 0, !context.interrupts.isInterrupted else { return }
        let missing = Counted.text(printer.missing, "record")
        throw .failed("\(missing) of \(plan.maxMessages ?? 0) did not come")
    }

    /// Nothing would show, and for long, that the offset is none of today's.
    private func noteWaiting(for ranges: [TopicPartition: PartitionRange]) {
        guard case .absolute(let offset) = plan.from, !plan.options.quiet, !ranges.isEmpty,
            ranges.values.allSatisfy({ $0.end == nil && $0.from > $0.start })
        else { return }
        context.complain("offset \(offset) is behind the end; waiting for it")
    }

    /// Where reading begins: of `stored`, what `group.id` has committed; no group is joined.
    private func ranges(
        _ partitions: [TopicPartition], _ resolver: RangeResolver, _ client: KafkaClient
    ) async throws -> [TopicPartition: PartitionRange] {
        var ranges = try await resolver.resolve(partitions, from: plan.from, to: plan.to)
        guard plan.from == .stored else { return ranges }
        let group = ConsumerGroupMetadata(groupID: plan.settings.group.groupID)
        for (partition, offset) in try await client.committedOffsets(partitions, of: group) {
            ranges[partition]?.start = offset.offset
            ranges[partition]?.from = offset.offset
        }
        return ranges
    }
}
