internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords

/// Finds where the last so many records of partitions begin, by reading them: see `TailSearch`.
struct LastRecords {
    let client: KafkaClient
    let isolationLevel: IsolationLevel
    /// Whether transactions' markers count too.
    var includesControl = false

    /// All that is read is there already, so nothing is waited for.
    private static let maxWaitMs = 20

    /// - Parameter offsets: what each partition holds.
    /// - Throws: `KafkaError`.
    func starts(
        of offsets: [TopicPartition: Range<Int64>], count: Int64
    ) async throws -> [TopicPartition: Int64] {
        let all = offsets.mapValues { TailSearch($0, count: count) }
        var found = all.compactMapValues(\.found)
        var open = all.filter { $0.value.found == nil }
        guard !open.isEmpty else { return found }
        var configuration = ConsumerConfiguration()
        configuration.isolationLevel = isolationLevel
        configuration.maxWaitMs = LastRecords.maxWaitMs
        let consumer = Consumer(client: client, configuration: configuration)
        consumer.assign(open.mapValues(\.position))
        var reader = RecordBatchReader()
        do {
            while !open.isEmpty {
                try Task.checkCancellation()
                for (partition, search) in try await next(consumer, offsets, count, open, &reader) {
                    open[partition] = search.found == nil ? search : nil
                    found[partition] = search.found
                }
            }
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
        return found
    }

    /// Reads on; the searches that came further, with the consumer where they go on.
    private func next(
        _ consumer: Consumer, _ offsets: [TopicPartition: Range<Int64>], _ count: Int64,
        _ open: [TopicPartition: TailSearch], _ reader: inout RecordBatchReader
    ) async throws -> [TopicPartition: TailSearch] {
        let fetched: [FetchedRecords]
        do throws(KafkaError) {
            fetched = try await consumer.poll(timeoutMs: nil)
        } catch {
            // Retention removed what was to be counted: what is left is counted anew.
            guard let removed = RemovedRecords(error),
                let end = offsets[removed.partition]?.upperBound
            else { throw error }
            let search = TailSearch(min(removed.next, end)..<end, count: count)
            move(consumer, removed.partition, search)
            return [removed.partition: search]
        }
        var moved: [TopicPartition: TailSearch] = [:]
        for records in fetched {
            let partition = TopicPartition(topic: records.topic, partition: records.partition)
            // What was fetched ahead from where the search was before is not looked at.
            guard var search = moved[partition] ?? open[partition], search.found == nil,
                search.position == records.fetchOffset
            else { continue }
            try records.forEachRecord(reader: &reader, includeControl: includesControl) {
                search.see($0.offset)
            }
            search.reach(records.nextOffset)
            moved[partition] = search
            if search.position != records.nextOffset || search.found != nil {
                move(consumer, partition, search)
            }
        }
        return moved
    }

    private func move(_ consumer: Consumer, _ partition: TopicPartition, _ search: TailSearch) {
        if search.found == nil {
            consumer.seek(partition, to: search.position)
        } else {
            consumer.unassign([partition])
        }
    }
}
