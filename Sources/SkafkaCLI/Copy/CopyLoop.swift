internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords
internal import NIOCore

/// The loop of `copy`: fetches, appends, and keeps how far it has come.
///
/// One task. Nothing is allocated per record; what it holds is bounded by the consumer's prefetch
/// and the producer's buffer. How far it has come is kept only when everything before is delivered,
/// so that no record is ever passed over.
final class CopyLoop {
    private let plan: CopyPlan
    private let context: CommandContext
    private let consumer: Consumer
    private let producer: Producer
    /// By the source's name.
    private let topics: [String: TopicProducer]
    private let lines: [String: Int]
    private let progress: CopyProgress?
    private let failure: FailedDeliveries
    private let screen: ProgressLine
    private var reader = RecordBatchReader()
    private var headers = EncodedHeaders()
    /// Partitions that are still read.
    private var open: [TopicPartition: PartitionRange]
    /// Of the records to be copied next, where they have moved since they were kept.
    private var positions: [TopicPartition: Int64] = [:]
    private var isTransactionOpen = false
    private var nextCheckpoint = NIODeadline.now()
    private let offsetsInAll: Int64
    private var offsetsDone: Int64 = 0

    private(set) var summary: CopySummary
    /// As it was when the last transaction was committed.
    private var committedSummary: CopySummary

    /// How far the copy has come is kept so often, in ms; also the length of a transaction.
    private static let checkpointMs: Int64 = 1000

    init(
        _ plan: CopyPlan, _ context: CommandContext, _ consumer: Consumer, _ producer: Producer,
        _ topics: [String: TopicProducer], _ ranges: [TopicPartition: PartitionRange],
        _ summary: CopySummary, _ progress: CopyProgress?, _ failure: FailedDeliveries
    ) {
        self.plan = plan
        self.context = context
        self.consumer = consumer
        self.producer = producer
        self.topics = topics
        self.summary = summary
        committedSummary = summary
        self.progress = progress
        self.failure = failure
        lines = Dictionary(
            uniqueKeysWithValues: summary.lines.enumerated().map { ($1.source, $0) })
        screen = ProgressLine(context, isShown: !plan.options.quiet)
        open = ranges.filter { !$0.value.isEmpty }
        offsetsInAll = open.values.reduce(0) { $0 + max(0, ($1.end ?? $1.start) - $1.start) }
    }

    private var isTransactional: Bool {
        if case .transactions = plan.keeping { true } else { false }
    }

    func run() async throws {
        defer { screen.clear() }
        consumer.assign(open.mapValues(\.start))
        scheduleCheckpoint()
        do {
            while !open.isEmpty, !context.interrupts.isInterrupted {
                try await step()
            }
        } catch {
            let isInterrupted = context.interrupts.isInterrupted
            if !isInterrupted {
                await giveUp()
                throw error
            }
        }
        try await checkpoint()
    }

    private func step() async throws {
        try failure.check()
        do {
            var fetched = try await consumer.poll(timeoutMs: 0)
            if fetched.isEmpty {
                // Nothing is left to append: what is there had better go.
                for topic in topics.values { topic.sendPending() }
                fetched = try await consumer.poll(timeoutMs: Int(CopyLoop.checkpointMs))
            }
            for records in fetched {
                if context.interrupts.isInterrupted { return }
                try await take(records)
            }
        } catch let error as KafkaError {
            try recover(from: error)
        }
        if nextCheckpoint <= .now() { try await checkpoint() }
    }

    private func take(_ records: FetchedRecords) async throws {
        let partition = TopicPartition(topic: records.topic, partition: records.partition)
        guard let range = open[partition], let topic = topics[records.topic] else { return }
        if isTransactional, !isTransactionOpen {
            try await producer.beginTransaction()
            isTransactionOpen = true
        }
        try await append(records, range, to: topic)
        let next = min(records.nextOffset, range.end ?? .max)
        offsetsDone += max(0, next - max(records.fetchOffset, range.start))
        positions[partition] = next
        screen.update { progressText }
        guard let end = range.end, records.nextOffset >= end else { return }
        open[partition] = nil
        consumer.unassign([partition])
    }

    /// Appends the records of one partition; waits while the producer is full.
    private func append(
        _ records: FetchedRecords, _ range: PartitionRange, to topic: TopicProducer
    ) async throws {
        var records = records
        let partition = plan.repartitions ? nil : Optional(records.partition)
        let end = range.end ?? .max
        let line = lines[records.topic] ?? 0
        while true {
            var refused: Int64?
            try records.forEachRecord(reader: &reader) { record in
                guard record.offset < end else { return .stop }
                guard record.offset >= range.from else { return .continue }
                headers.removeAll()
                if !record.headers.isEmpty {
                    record.headers.forEach { headers.append(name: $0, value: $1) }
                }
                let result = try topic.append(
                    key: record.key, value: record.value, timestamp: record.timestamp,
                    headers: headers.count > 0 ? headers : nil, partition: partition)
                guard result == .accepted else {
                    refused = record.offset
                    return .stop
                }
                summary.lines[line].records += 1
                summary.lines[line].bytes? += (record.key?.count ?? 0) + (record.value?.count ?? 0)
                return .continue
            }
            guard let refused else { return }
            records.fetchOffset = refused
            await topic.waitForRoom()
            try failure.check()
        }
    }

    private var progressText: String {
        let records = summary.lines.reduce(0) { $0 + $1.records }
        let share = offsetsInAll > 0 ? " \(min(100, offsetsDone * 100 / offsetsInAll))%," : ""
        return "copying:\(plan.to == nil ? "" : share) \(Counted.text(records, "record"))"
    }

    // MARK: How far it has come

    private func scheduleCheckpoint() {
        nextCheckpoint = .now() + .milliseconds(CopyLoop.checkpointMs)
    }

    /// Waits for the deliveries, then keeps how far the copy has come.
    private func checkpoint() async throws {
        defer { scheduleCheckpoint() }
        guard let progress, !positions.isEmpty else {
            if open.isEmpty || context.interrupts.isInterrupted { try await producer.flush() }
            return
        }
        if isTransactional {
            try await producer.sendOffsets(
                progress.kept(positions), of: ConsumerGroupMetadata(groupID: progress.group))
            try await producer.commitTransaction()
            isTransactionOpen = false
            committedSummary = summary
        } else {
            try await producer.flush()
            try failure.check()
            try await progress.save(positions)
        }
        positions = [:]
    }

    /// Something failed: what is delivered still counts, and what is not will be copied again.
    private func giveUp() async {
        if isTransactional {
            if isTransactionOpen { try? await producer.abortTransaction() }
            summary = committedSummary
        } else {
            try? await checkpoint()
        }
    }

    /// What has arrived, once the producer has nothing more on its way.
    var settledSummary: CopySummary {
        isTransactional ? summary : summary.without(failure.byTopic)
    }

    /// - Throws: an error that copying cannot go on after.
    private func recover(from error: KafkaError) throws {
        guard let recovery = ReadRecovery(from: error, reading: open) else { throw error }
        context.complain(recovery.message)
        open[recovery.partition] = recovery.range
        if recovery.isNewTopic { positions[recovery.partition] = 0 }
        recovery.apply(to: consumer)
    }
}
