internal import KafkaClient
internal import KafkaRecords
internal import NIOCore

/// Takes each record on its way from the input to the producer: completes it, refuses one that is
/// too large, lets it wait for its turn (`--rate`), copies what was taken (`-T`).
///
/// The reading thread's; holds no records, and allocates nothing per record.
final class RecordAppender: RecordSink {
    private let plan: ProducePlan
    private let defaults: RecordDefaults
    private let topic: TopicProducer
    private let input: ProduceInput
    private let tally: DeliveryTally
    private let wake: WakePipe
    private let progress: ProgressLine
    private let tee: Tee?
    private var pacer: RecordPacer?
    private var acceptedRecords = 0

    /// To be set between runs, when one ended with `unknownLimit`.
    var limit: RecordLimit?

    init(
        _ plan: ProducePlan, _ topic: TopicProducer, _ input: ProduceInput,
        _ tally: DeliveryTally, _ wake: WakePipe, _ progress: ProgressLine, _ tee: Tee?
    ) {
        self.plan = plan
        self.topic = topic
        self.input = input
        self.tally = tally
        self.wake = wake
        self.progress = progress
        self.tee = tee
        defaults = RecordDefaults(plan)
        pacer = plan.rate.map { RecordPacer(perSecond: $0) }
    }

    func append(_ record: InputRecord) -> ProducePause? {
        if record.isControl { return nil }
        if let most = plan.maxRecords, acceptedRecords >= most { return .ended }
        if pacer != nil, !waitForTurn() { return .ended }
        var record = record
        defaults.complete(&record)
        if let partition = record.partition, plan.keepsPartitions, !isKnown(partition) {
            return fail(
                """
                topic \(plan.topic) has no partition \(partition); --partitioner murmur2 places \
                the records anew
                """)
        }
        if (record.key?.count ?? 0) + (record.value?.count ?? 0) > RecordLimit.certainBytes {
            guard let limit else { return .unknownLimit }
            if let reason = limit.refusal(
                key: record.key, value: record.value, headers: record.headers)
            {
                return refuse(reason)
            }
        }
        return send(record)
    }

    @inline(__always)
    private func send(_ record: InputRecord) -> ProducePause? {
        do {
            switch try topic.append(
                key: record.key, value: record.value,
                timestamp: record.timestamp ?? input.readAtMs, headers: record.headers,
                partition: record.partition)
            {
            case .accepted:
                acceptedRecords += 1
                pacer?.sent()
                tee?.copy(record.value)
                return nil
            case .full: return .full
            }
        } catch {
            // The delivery that failed with the transaction is reported by itself.
            if error.transactionEffect != nil { return .ended }
            return fail(CommandFailure(error).message)
        }
    }

    private func isKnown(_ partition: Int32) -> Bool {
        partition >= 0 && Int(partition) < topic.partitionCount
    }

    /// Waits until `--rate` lets the next record go; false when reading is to end.
    private func waitForTurn() -> Bool {
        while let delayMs = pacer?.delayMs(now: .now()), delayMs > 0 {
            showProgress()
            if wake.wait(for: -1, timeoutMs: delayMs) == .woken { return false }
        }
        return true
    }

    // MARK: Failures

    func fail(_ reason: String, column: Int?) -> ProducePause? {
        let column = column.map { ", column \($0)" } ?? ""
        tally.fail(1, "\(input.place)\(column): \(reason)")
        return plan.onError == .stop ? .ended : nil
    }

    /// Passes over a record that is too large, or stops: a transaction has all records or none.
    func refuse(_ reason: String) -> ProducePause? {
        let pause = fail(reason)
        guard plan.settings.producer.transactionalID != nil else { return pause }
        tally.stop()
        return .ended
    }

    // MARK: Pauses

    func showProgress() {
        progress.update {
            let records = Counted.text(acceptedRecords, "record")
            return [input.source?.progress, records].compactMap(\.self).joined(separator: ", ")
        }
    }

    /// The input pauses: what is there goes on its way.
    func sendPending() {
        topic.sendPending()
        // Whoever reads the copy should see what there is; a failure shows at the end.
        try? tee?.flush()
    }
}
