internal import KafkaClient

/// One run of `produce`: producer, reading thread, reports, summary.
struct ProduceRun {
    private let plan: ProducePlan
    private let context: CommandContext

    /// After a signal, how long a broker that is not connected is waited for, in ms.
    private static let abandonMs = 700
    /// After a signal, how long deliveries may take, in ms.
    private static let deliveryLimitMs = SkafkaMain.cleanUpLimitMs - 1000

    init(_ plan: ProducePlan, _ context: CommandContext) {
        self.plan = plan
        self.context = context
    }

    private var isTransactional: Bool { plan.settings.producer.transactionalID != nil }

    /// - Throws: `CommandFailure`, `KafkaError`, `OutputError`.
    func run() async throws {
        let wake = try WakePipe()
        let tally = DeliveryTally(plan.onError, context, wake)
        let session = try await Session.open(plan.options, plan.settings, in: context)
        let reports = plan.report.map { ReportWriter($0, context.makeOutput()) }
        let producer = Producer(client: session.client, configuration: plan.settings.producer) {
            tally.add($0)
            reports?.add($0)
        }
        let topic = try await topic(of: producer)
        if isTransactional {
            try await producer.initTransactions()
            try await producer.beginTransaction()
        }
        // Until here a signal ends the command at once; from here on there is something to finish.
        context.interrupts.onInterrupt {
            tally.stop()
            Task { await ProduceRun.hurry(producer) }
        }
        let terminal = try openTerminal()
        var reading = context
        if let terminal { reading.inputDescriptor = terminal.descriptor }
        // A person at the prompt sees what was typed.
        let loop = ProduceLoop(
            plan, topic, reading, tally, wake, reports, showsProgress: terminal == nil)
        let thread = BlockingThread()
        terminal?.start()
        try await read(loop, on: thread, topic, reports, session.client)
        await terminal?.end()
        try await finish(producer, tally)
        // Reports of what was delivered come out even when something failed.
        do {
            try await reports?.finish()
            try await thread.run { try loop.flushTee() }
        } catch {
            if tally.failed == 0 { throw error }
        }
        if tally.failed > 0 { throw CommandFailure.reported(tally.status) }
    }

    /// The topic, which has the partition that was asked for.
    private func topic(of producer: Producer) async throws -> TopicProducer {
        let topic = try await producer.topic(plan.topic)
        if let partition = plan.partition, Int(partition) >= topic.partitionCount {
            throw CommandFailure.failed(
                """
                topic \(plan.topic) has no partition \(partition), only 0 to \
                \(topic.partitionCount - 1)
                """)
        }
        return topic
    }

    /// Runs the loop to its end; waits for what its thread does not wait for.
    private func read(
        _ loop: ProduceLoop, on thread: BlockingThread, _ topic: TopicProducer,
        _ reports: ReportWriter?, _ client: KafkaClient
    ) async throws {
        while true {
            switch try await thread.run({ loop.run() }) {
            case .full: await topic.waitForRoom()
            case .unreported: await reports?.waitForRoom()
            case .unknownLimit:
                let limit = await RecordLimit.load(plan.topic, plan.settings.producer, client)
                topic.limitBatches(toBytes: limit.batchBytes)
                loop.limitRecords(to: limit)
            case .ended: return
            }
        }
    }

    /// A person's lines in place of standard input.
    private func openTerminal() throws -> TerminalInput? {
        guard plan.sources.contains(.standardInput) else { return nil }
        return try TerminalInput(context, prompt: "\(plan.topic)> ")
    }

    /// After a signal: ends the last deliveries in time for a summary, and earlier when there is
    /// nobody to deliver to.
    private static func hurry(_ producer: Producer) async {
        try? await Task.sleep(for: .milliseconds(abandonMs))
        await producer.abandonIfUnreachable()
        try? await Task.sleep(for: .milliseconds(deliveryLimitMs - abandonMs))
        await producer.close(timeoutMs: 0)
    }

    /// Waits for the last deliveries, and ends the transaction; failed deliveries are in the tally.
    private func finish(_ producer: Producer, _ tally: DeliveryTally) async throws {
        defer { tally.sayWhatFailed(isLast: true) }
        guard isTransactional else {
            do {
                try await producer.flush()
            } catch {
                if tally.failed == 0 { throw error }
            }
            await producer.close()
            return summarize(tally, "")
        }
        // What the input did not give was passed over on purpose (--on-error continue).
        if !tally.isStopping {
            do {
                try await producer.commitTransaction()
                await producer.close()
                return summarize(tally, ", committed")
            } catch {
                if error.transactionEffect != .mustAbort {
                    tally.abort()
                    await producer.close(timeoutMs: 0)
                    throw error
                }
                if tally.failed == 0 { tally.fail(0, CommandFailure(error).message) }
            }
        }
        try await abort(producer, tally)
    }

    private func abort(_ producer: Producer, _ tally: DeliveryTally) async throws {
        tally.abort()
        do {
            try await producer.abortTransaction()
        } catch {
            await producer.close(timeoutMs: 0)
            let timeoutMs = plan.settings.producer.transactionTimeoutMs
            context.complain(
                "\(error.message); the broker aborts the transaction within \(timeoutMs) ms")
            throw CommandFailure.reported(CommandFailure(error).status)
        }
        await producer.close()
        summarize(tally, ", aborted")
        throw CommandFailure.reported(tally.status == .done ? .failed : tally.status)
    }

    private func summarize(_ tally: DeliveryTally, _ outcome: String) {
        tally.sayWhatFailed(isLast: true)
        guard !plan.options.quiet else { return }
        let records = Counted.text(tally.delivered, "record")
        let bytes = Counted.text(tally.deliveredBytes, "byte")
        context.note("\(records), \(bytes), \(Counted.text(tally.failed, "failure"))\(outcome)")
    }
}
