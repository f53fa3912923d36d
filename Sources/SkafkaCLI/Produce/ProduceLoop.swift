internal import KafkaClient

/// Reads the input and appends its records to the producer.
///
/// Runs on a thread of its own, which may block in read(2) and poll(2); `run` returns when it has
/// to wait for somebody else, and is called again. Of one record it holds what `RecordLimit` lets
/// a record have, and a block besides.
final class ProduceLoop: @unchecked Sendable {
    private let plan: ProducePlan
    private let tally: DeliveryTally
    private let reports: ReportWriter?
    private let progress: ProgressLine
    private let tee: Tee?
    private let input: ProduceInput
    private let drain: RecordDrain
    private let appender: RecordAppender

    init(
        _ plan: ProducePlan, _ topic: TopicProducer, _ context: CommandContext,
        _ tally: DeliveryTally, _ wake: WakePipe, _ reports: ReportWriter?, showsProgress: Bool
    ) {
        self.plan = plan
        self.tally = tally
        self.reports = reports
        progress = ProgressLine(context, isShown: showsProgress && !plan.options.quiet)
        tee = plan.isTee ? Tee(context.makeOutput(), delimiter: plan.layout.delimiter) : nil
        input = ProduceInput(plan, context, wake)
        drain = RecordDrain(plan.layout)
        appender = RecordAppender(plan, topic, input, tally, wake, progress, tee)
    }

    /// To be called between runs, when one ended with `unknownLimit`.
    func limitRecords(to limit: RecordLimit) {
        appender.limit = limit
    }

    /// Reads on until the producer is full or all is read.
    func run() -> ProducePause {
        while !tally.isStopping, let source = input.source ?? openNext() {
            if reports?.isFull == true { return .unreported }
            switch drain.drain(source, into: appender) ?? readOn(source) {
            case .ended?: return finish()
            case let pause?: return pause
            case nil: continue
            }
        }
        return finish()
    }

    /// Writes what is left of the copy.
    ///
    /// - Throws: `OutputError`.
    func flushTee() throws(OutputError) {
        try tee?.flush()
    }

    private func finish() -> ProducePause {
        input.end()
        progress.clear()
        return .ended
    }

    /// The next source that can be opened; nil when there is none, or reading is to end.
    private func openNext() -> InputSource? {
        drain.begin()
        while !tally.isStopping {
            do throws(CommandFailure) {
                return try input.openNext()
            } catch {
                tally.fail(1, error.message)
            }
        }
        return nil
    }

    /// All complete records are taken: gets more of the input.
    private func readOn(_ source: InputSource) -> ProducePause? {
        if source.isAtEnd {
            input.closeSource()
            return nil
        }
        if let pause = boundHeld(source) { return pause }
        // The source may be passed over as a whole.
        guard input.source != nil else { return nil }
        do throws(CommandFailure) {
            guard try input.read(source, atPause: appender.sendPending) == .read else {
                return .ended
            }
            appender.showProgress()
        } catch {
            tally.fail(1, error.message)
            // What was read of a record is none.
            input.closeSource()
        }
        return nil
    }

    /// What is held of one record must not become more than a record may have.
    private func boundHeld(_ source: InputSource) -> ProducePause? {
        let heldBytes = source.unread.count
        guard heldBytes > RecordLimit.certainBytes else { return nil }
        guard let limit = appender.limit else { return .unknownLimit }
        let maxRequestBytes = plan.settings.producer.maxRequestBytes
        guard heldBytes > limit.textBytes(plan.layout, maxRequestBytes: maxRequestBytes) else {
            return nil
        }
        let pause = appender.refuse(limit.tooLarge)
        return drain.passOver(in: input) ?? pause
    }
}
