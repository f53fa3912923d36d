internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords

/// Reads a topic's records from one end of its ranges to the other, one partition after the other,
/// so that what is read twice comes in the same order.
struct TopicScan {
    let client: KafkaClient
    let configuration: ConsumerConfiguration
    let ranges: [(partition: TopicPartition, range: PartitionRange)]
    let context: CommandContext

    private static let maxWaitMs = 20

    /// Finds the topic and its ranges.
    ///
    /// - Throws: `CommandFailure`, `KafkaError`.
    init(
        _ topic: String, _ plan: ComparePlan, _ client: KafkaClient, _ settings: ClientSettings,
        _ context: CommandContext
    ) async throws {
        self.client = client
        self.context = context
        var configuration = settings.consumer
        // All that is read is there already. A fetch that waits at a partition's end for more would
        // hold up the next partition's.
        configuration.maxWaitMs = min(configuration.maxWaitMs, TopicScan.maxWaitMs)
        self.configuration = configuration
        let topics = try await PartitionChoice.topics([topic], client, context)
        let partitions = try PartitionChoice.resolve(topics, plan.partitions)
        let resolver = RangeResolver(
            client: client, isolationLevel: settings.consumer.isolationLevel,
            nowMs: context.clock.nowMs)
        let found = try await resolver.resolve(partitions, from: plan.from, to: plan.to)
        ranges = found.filter { !$0.value.isEmpty }.map { ($0.key, $0.value) }
            .sorted { $0.partition < $1.partition }
    }

    /// Offsets from the first to the last.
    var offsetCount: Int64 {
        ranges.reduce(0) { $0 + max(0, ($1.range.end ?? 0) - $1.range.start) }
    }

    /// Calls `body` for each record, until it says to stop.
    ///
    /// - Throws: `KafkaError`, `CommandFailure` when interrupted, and what `body` throws.
    func forEach(
        _ body: (ConsumedRecord, TopicPartition) throws -> RecordVisit
    ) async throws {
        let consumer = Consumer(client: client, configuration: configuration)
        let wakeUp = context.interrupts.onInterrupt { Task { await consumer.close() } }
        defer { context.interrupts.remove(wakeUp) }
        do {
            for (partition, range) in ranges {
                if try await read(consumer, partition, range, body) == .stop { break }
            }
        } catch {
            await consumer.close()
            if context.interrupts.isInterrupted { throw CommandFailure.reported(.failed) }
            throw error
        }
        await consumer.close()
    }

    private func read(
        _ consumer: Consumer, _ partition: TopicPartition, _ range: PartitionRange,
        _ body: (ConsumedRecord, TopicPartition) throws -> RecordVisit
    ) async throws -> RecordVisit {
        var reader = RecordBatchReader()
        let end = range.end ?? .max
        consumer.assign([partition: range.start])
        var position = range.start
        while position < end {
            for records in try await consumer.poll(timeoutMs: nil) {
                var visit = RecordVisit.continue
                try records.forEachRecord(reader: &reader) { record in
                    guard record.offset < end else { return .stop }
                    guard record.offset >= range.from else { return .continue }
                    visit = try body(record, partition)
                    return visit
                }
                if visit == .stop { return .stop }
                position = max(position, records.nextOffset)
            }
        }
        consumer.unassign([partition])
        return .continue
    }
}
