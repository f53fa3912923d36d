internal import KafkaClient
internal import NIOCore

/// One run of `bench produce`: its producers, their threads, the report.
struct BenchProduceRun {
    private let command: BenchProduceCommand
    private let rate: Double?
    private let session: Session
    private let topic: BenchTopic
    private let context: CommandContext

    init(
        _ command: BenchProduceCommand, rate: Double?, _ session: Session, _ topic: BenchTopic,
        _ context: CommandContext
    ) {
        self.command = command
        self.rate = rate
        self.session = session
        self.topic = topic
        self.context = context
    }

    /// - Throws: `CommandFailure`, `KafkaError`, `OutputError`.
    func run() async throws {
        let senders = try await makeSenders()
        context.interrupts.onInterrupt {
            for sender in senders { sender.stop() }
        }
        let progress = BenchProgress(context, command.global, total: command.records) {
            senders.reduce(0) { $0 + $1.tally.delivered }
        }
        let startNs = NIODeadline.now().uptimeNanoseconds
        await withTaskGroup { group in
            for sender in senders { group.addTask { await sender.run() } }
        }
        await progress.end()
        try report(senders, startNs: startNs)
    }

    private func makeSenders() async throws -> [BenchSender] {
        let sizes = command.sending.sizes
        let pool = PayloadPool(
            maxBytes: sizes.range.upperBound, compressiblePercent: command.sending.compressible)
        let (count, producers) = (command.records, command.producers)
        var senders: [BenchSender] = []
        for number in 0..<producers {
            let share = count * (number + 1) / producers - count * number / producers
            senders.append(
                try await BenchSender(
                    session, topic.name,
                    BenchSender.Share(
                        count: share, sizes: sizes, pool: pool,
                        rate: rate.map { $0 / Double(producers) },
                        seed: number), context.clock))
        }
        return senders
    }

    private func report(_ senders: [BenchSender], startNs: UInt64) throws {
        var latency = LatencyHistogram()
        var (delivered, failed, bytes, endNs) = (0, 0, 0, startNs + 1)
        var failure: CommandFailure?
        for sender in senders {
            let counts = sender.tally.counts
            latency.add(counts.latency)
            delivered += counts.delivered
            failed += counts.failed
            bytes += sender.acceptedBytes
            endNs = max(endNs, sender.tally.latestNs)
            failure = failure ?? counts.failure ?? sender.failure
        }
        // What failed has no size of its own here.
        if failed > 0 {
            bytes = Int(Double(bytes) * Double(delivered) / Double(delivered + failed))
        }
        let output = context.makeOutput()
        BenchReport(
            bench: "produce", topic: topic.name, records: delivered, bytes: bytes, failed: failed,
            elapsedNs: endNs - startNs,
            latencies: [.init(name: "latency", title: "acknowledged", histogram: latency)]
        ).append(
            to: output, command.global.style,
            glyphs: TerminalGlyphs(environment: context.environment))
        try output.flush()
        if let failure {
            let lost = failed > 0 ? "\(Counted.text(failed, "record")) not delivered: " : ""
            throw CommandFailure(failure.status, lost + failure.message)
        }
    }
}
