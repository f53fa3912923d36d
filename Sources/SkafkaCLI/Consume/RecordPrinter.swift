internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords

/// Prints fetched records: the hot path of `consume`. One thread at a time.
final class RecordPrinter: @unchecked Sendable {
    private let plan: ConsumePlan
    private let output: OutputBuffer
    private var reader = RecordBatchReader()
    private var filters: [RecordFilter]
    /// Records still to be printed; nil for no limit.
    private var remaining: Int?
    /// Behind the last record that was printed.
    private var last: OffsetAndMetadata?

    init(_ plan: ConsumePlan, _ output: OutputBuffer) {
        self.plan = plan
        self.output = output
        remaining = plan.maxMessages
        filters = plan.filters
    }

    /// Whether as many records as wanted are printed.
    var isDone: Bool { remaining == 0 }

    /// Records that are missing to the limit.
    var missing: Int { remaining ?? 0 }

    /// Prints the records of one partition that lie in its range and pass the filters.
    ///
    /// - Returns: up to where everything was printed that is to be; nil when nothing was looked at.
    /// - Throws: `KafkaError` of kind `corrupt`, `OutputError`.
    @discardableResult
    func print(_ fetched: FetchedRecords, _ range: PartitionRange) throws -> OffsetAndMetadata? {
        guard !isDone else { return nil }
        last = nil
        var topic = fetched.topic
        try topic.withUTF8 { topic in
            let topic = UnsafeRawBufferPointer(topic)
            switch plan.rendering {
            case .valueLine:
                try forEach(fetched, range) { [output] record in
                    if let value = record.value { output.append(value) }
                    output.append(0x0A)
                }
            case .template(let template):
                let decodesNumbers = template.decodesNumbers
                try forEach(fetched, range) { [output] record in
                    let fields = RecordPrinter.fields(record, topic, fetched.partition)
                    if decodesNumbers, try passesOver(fields, template, fetched) { return }
                    template.append(fields, to: output)
                }
            case .row(let row):
                try forEach(fetched, range) { [output] record in
                    row.append(RecordPrinter.fields(record, topic, fetched.partition), to: output)
                }
            case .json(let json):
                try forEach(fetched, range) { [output] record in
                    json.append(RecordPrinter.fields(record, topic, fetched.partition), to: output)
                }
            }
        }
        try output.check()
        return reached(fetched, range)
    }

    /// Whether a record is not to be shown, as it is not the numbers that it should be.
    private func passesOver(
        _ record: RecordFields, _ template: FormatTemplate, _ fetched: FetchedRecords
    ) throws(CommandFailure) -> Bool {
        guard let reason = template.mismatch(record) else { return false }
        if plan.skipsUnreadable { return true }
        // What was printed before comes out.
        try? output.flush()
        throw .failed(
            """
            \(fetched.topic)-\(fetched.partition), offset \(record.offset): \(reason); \
            --skip-message-on-error passes over such records
            """)
    }

    /// Behind the last record when the limit was reached, else behind all that was fetched.
    private func reached(_ fetched: FetchedRecords, _ range: PartitionRange) -> OffsetAndMetadata? {
        if isDone { return last }
        let end = OffsetAndMetadata(
            offset: fetched.nextOffset, leaderEpoch: fetched.lastLeaderEpoch)
        guard let limit = range.end, limit < fetched.nextOffset else { return end }
        return OffsetAndMetadata(offset: limit, leaderEpoch: last?.leaderEpoch)
    }

    /// - Throws: `OutputError`.
    func flush() throws(OutputError) {
        try output.flush()
    }

    @inline(__always)
    private func forEach(
        _ fetched: FetchedRecords, _ range: PartitionRange,
        _ show: (ConsumedRecord) throws -> Void
    ) throws {
        let from = range.from
        let end = range.end ?? .max
        var remaining = self.remaining ?? .max
        let isUnbuffered = plan.isUnbuffered
        var filters: [RecordFilter] = []
        swap(&filters, &self.filters)
        let output = output
        var lastOffset: Int64?
        var lastEpoch: Int32 = -1
        defer {
            self.filters = filters
            if self.remaining != nil { self.remaining = remaining }
            last = lastOffset.map {
                OffsetAndMetadata(offset: $0 + 1, leaderEpoch: lastEpoch >= 0 ? lastEpoch : nil)
            }
        }
        try fetched.forEachRecord(reader: &reader, includeControl: plan.printsControl) { record in
            let offset = record.offset
            guard offset < end, remaining > 0 else { return .stop }
            guard offset >= from else { return .continue }
            for index in filters.indices where !filters[index].fits(record) { return .continue }
            try show(record)
            remaining -= 1
            lastOffset = offset
            lastEpoch = record.leaderEpoch
            if isUnbuffered { try output.flush() }
            return output.failure == nil ? .continue : .stop
        }
    }

    @inline(__always)
    private static func fields(
        _ record: ConsumedRecord, _ topic: UnsafeRawBufferPointer, _ partition: Int32
    ) -> RecordFields {
        RecordFields(
            topic: topic, partition: partition, offset: record.offset,
            timestamp: record.timestamp, isLogAppendTime: record.timestampType == .logAppendTime,
            leaderEpoch: record.leaderEpoch, isControl: record.isControl, key: record.key,
            value: record.value, headers: record.headers)
    }
}
