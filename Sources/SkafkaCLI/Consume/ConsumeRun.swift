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

/// The loop of `consume`: fetches until everything wanted was there.
struct ConsumeLoop {
    private let plan: ConsumePlan
    private let context: CommandContext
    private let consumer: Consumer
    private let printer: RecordPrinter
    /// The thread that prints, since standard output may block.
    private let thread: BlockingThread
    private let outputReader: OutputReader
    /// Partitions that are still read.
    private var open: [TopicPartition: PartitionRange]

    init(
        _ plan: ConsumePlan, _ context: CommandContext, _ consumer: Consumer,
        _ printer: RecordPrinter, _ thread: BlockingThread,
        _ ranges: [TopicPartition: PartitionRange]
    ) {
        self.plan = plan
        self.context = context
        self.consumer = consumer
        self.printer = printer
        self.thread = thread
        outputReader = OutputReader(descriptor: context.outputDescriptor)
        open = ranges.filter { !$0.value.isEmpty }
    }

    mutating func run() async throws {
        consumer.assign(open.mapValues(\.start))
        while !open.isEmpty, !printer.isDone, !context.interrupts.isInterrupted {
            do {
                guard let fetched = try await next() else { return }
                try await take(fetched)
            } catch let error as KafkaError {
                if context.interrupts.isInterrupted { return }
                try recover(from: error)
            }
        }
    }

    /// What was fetched; nil when nothing came for the idle timeout.
    private func next() async throws -> [FetchedRecords]? {
        let ready = try await consumer.poll(timeoutMs: 0)
        if !ready.isEmpty { return ready }
        // Nothing is left to print: whoever reads the output should see what there is.
        try await thread.run { [printer] in try printer.flush() }
        let fetched = try await wait()
        return fetched.isEmpty && plan.idleTimeoutMs != nil ? nil : fetched
    }

    /// What comes within the idle timeout.
    private func wait() async throws -> [FetchedRecords] {
        guard outputReader.isPipe else {
            return try await consumer.poll(timeoutMs: plan.idleTimeoutMs)
        }
        var leftMs = plan.idleTimeoutMs ?? .max
        while leftMs > 0 {
            let stepMs = min(leftMs, OutputReader.checkMs)
            let fetched = try await consumer.poll(timeoutMs: stepMs)
            if !fetched.isEmpty { return fetched }
            try outputReader.check()
            if plan.idleTimeoutMs != nil { leftMs -= stepMs }
        }
        return []
    }

    private mutating func take(_ fetched: [FetchedRecords]) async throws {
        let ranges = open
        try await thread.run { [printer, context] in
            for records in fetched {
                let partition = TopicPartition(topic: records.topic, partition: records.partition)
                guard let range = ranges[partition] else { continue }
                if context.interrupts.isInterrupted { return }
                try printer.print(records, range)
            }
        }
        for records in fetched {
            let partition = TopicPartition(topic: records.topic, partition: records.partition)
            guard let end = open[partition]?.end, records.nextOffset >= end else { continue }
            open[partition] = nil
            consumer.unassign([partition])
        }
    }

    /// Goes on behind records that retention has removed meanwhile, and at the beginning of a topic
    /// that was made anew, unless an end in the old one was asked for.
    ///
    /// - Throws: any other error.
    private mutating func recover(from error: KafkaError) throws {
        if case .topicRecreated(let partition) = error.kind, let range = open[partition],
            range.end == nil
        {
            context.complain("\(error.message); going on at the beginning")
            open[partition] = PartitionRange(start: 0, from: 0)
            return consumer.seek(partition, to: 0)
        }
        guard let removed = RemovedRecords(error), let range = open[removed.partition] else {
            throw error
        }
        context.complain(removed.message)
        if let end = range.end, removed.next >= end {
            open[removed.partition] = nil
            consumer.unassign([removed.partition])
        } else {
            open[removed.partition]?.start = removed.next
            consumer.seek(removed.partition, to: removed.next)
        }
    }
}
