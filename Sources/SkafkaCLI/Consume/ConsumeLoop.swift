internal import KafkaBase
internal import KafkaClient

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

    /// - Throws: an error that reading cannot go on after.
    private mutating func recover(from error: KafkaError) throws {
        guard let recovery = ReadRecovery(from: error, reading: open) else { throw error }
        context.complain(recovery.message)
        open[recovery.partition] = recovery.range
        recovery.apply(to: consumer)
    }
}
