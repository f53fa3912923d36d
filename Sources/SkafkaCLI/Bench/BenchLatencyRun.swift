internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords
internal import NIOCore

/// One run of `bench latency`: a producer on a schedule, and a consumer that waits for its records.
struct BenchLatencyRun {
    private let command: BenchLatencyCommand
    private let session: Session
    private let topic: BenchTopic
    private let context: CommandContext

    /// How often the reader looks whether it is done, in ms.
    private static let pollMs = 200

    init(
        _ command: BenchLatencyCommand, _ session: Session, _ topic: BenchTopic,
        _ context: CommandContext
    ) {
        self.command = command
        self.session = session
        self.topic = topic
        self.context = context
    }

    /// - Throws: `CommandFailure`, `KafkaError`, `OutputError`.
    func run() async throws {
        let run = UInt64.random(in: .min ... .max)
        let consumer = Consumer(client: session.client, configuration: session.settings.consumer)
        consumer.assign(try await ends())
        let sender = try await makeSender(run)
        context.interrupts.onInterrupt {
            sender.stop()
            Task { await consumer.close() }
        }
        let progress = BenchProgress(context, command.global, total: recordCount) {
            sender.tally.delivered
        }
        let startNs = sender.startNs
        let none = LatencyArrivals(
            run: run, sinceNs: startNs + UInt64(command.warmUp.milliseconds) * 1_000_000)
        let sending = Task { await sender.run() }
        let received = await receive(consumer, sender, none, sending)
        await sending.value
        await progress.end()
        await consumer.close()
        let arrivals = received.arrivals
        let sinceNs = arrivals.sinceNs
        try report(sender, arrivals, elapsedNs: max(arrivals.latestNs, sinceNs + 1) - sinceNs)
        if let error = received.error, !context.interrupts.isInterrupted { throw error }
    }

    private var recordCount: Int {
        SendSchedule(startNs: 0, perSecond: command.rate).count(
            withinMs: command.warmUp.milliseconds + command.duration.milliseconds)
    }

    /// Where each partition ends now: what stands before is not read.
    private func ends() async throws -> [TopicPartition: Int64] {
        let topics = try await PartitionChoice.topics([topic.name], session.client, context)
        let partitions = try PartitionChoice.resolve(topics, nil)
        let found = try await session.client.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, .latest) }))
        return try found.mapValues { try $0.get().offset ?? 0 }
    }

    private func makeSender(_ run: UInt64) async throws -> BenchSender {
        let sizes = command.sending.sizes
        return try await BenchSender(
            session, topic.name,
            BenchSender.Share(
                count: max(1, recordCount), sizes: sizes,
                pool: PayloadPool(
                    maxBytes: sizes.range.upperBound,
                    compressiblePercent: command.sending.compressible),
                rate: command.rate,
                warmUpNs: UInt64(command.warmUp.milliseconds) * 1_000_000, seed: 0
            ) { index, dueNs, value in
                LatencyStamp(run: run, number: UInt64(index), dueNs: dueNs).write(to: value)
            }, context.clock)
    }

    /// Reads until all that was sent is there, or nothing came for the time that a broker is waited
    /// for.
    private func receive(
        _ consumer: Consumer, _ sender: BenchSender, _ arrivals: LatencyArrivals,
        _ sending: Task<Void, Never>
    ) async -> (arrivals: LatencyArrivals, error: (any Error)?) {
        var arrivals = arrivals
        var reader = RecordBatchReader()
        let sent = SharedCount()
        // Known when all is sent; until then there is more to come.
        sent.store(.max)
        Task {
            await sending.value
            sent.store(sender.tally.delivered)
        }
        let patienceNs = UInt64(session.settings.client.timeoutMs) * 1_000_000
        var latestNs = NIODeadline.now().uptimeNanoseconds
        do {
            while arrivals.received < sent.load(), !context.interrupts.isInterrupted {
                let fetched = try await consumer.poll(timeoutMs: BenchLatencyRun.pollMs)
                let nowNs = NIODeadline.now().uptimeNanoseconds
                for records in fetched {
                    try records.forEachRecord(reader: &reader) { record in
                        if let value = record.value {
                            arrivals.take(value, partition: records.partition, nowNs: nowNs)
                        }
                        return .continue
                    }
                }
                if !fetched.isEmpty || sent.load() == .max { latestNs = nowNs }
                if nowNs - latestNs > patienceNs { break }
            }
        } catch {
            return (arrivals, error)
        }
        return (arrivals, nil)
    }

    private func report(
        _ sender: BenchSender, _ arrivals: LatencyArrivals, elapsedNs: UInt64
    ) throws {
        let counts = sender.tally.counts
        let output = context.makeOutput()
        BenchReport(
            bench: "latency", topic: topic.name, records: arrivals.counted,
            bytes: arrivals.bytes, failed: counts.failed, elapsedNs: elapsedNs,
            latencies: [
                .init(
                    name: "acknowledgement", title: "acknowledged", histogram: counts.latency),
                .init(name: "endToEnd", title: "end to end", histogram: arrivals.latency),
            ]
        ).append(
            to: output, command.global.style,
            glyphs: TerminalGlyphs(environment: context.environment))
        try output.flush()
        if context.interrupts.isInterrupted { return }
        if let failure = counts.failure ?? sender.failure {
            throw CommandFailure(
                failure.status,
                "\(Counted.text(counts.failed, "record")) not delivered: \(failure.message)")
        }
        guard arrivals.misplaced == 0 else {
            throw CommandFailure.failed(
                "\(Counted.text(arrivals.misplaced, "record")) came twice or out of order")
        }
        guard arrivals.received >= counts.delivered else {
            throw CommandFailure.failed(
                """
                \(Counted.text(counts.delivered - arrivals.received, "record")) of \
                \(counts.delivered) did not come
                """)
        }
    }
}
