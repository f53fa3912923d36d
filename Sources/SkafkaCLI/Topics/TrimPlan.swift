internal import KafkaBase
internal import KafkaClient

/// Where partitions begin before and after their older records are deleted.
struct TrimPlan {
    struct Row: Equatable {
        var partition: TopicPartition
        var start: Int64
        var newStart: Int64
        var end: Int64
    }

    private(set) var rows: [Row] = []
    /// Of partitions that are not among the rows.
    private(set) var failures: [CommandFailure] = []

    /// Offsets that go; there may be fewer records.
    var offsetCount: Int { rows.reduce(0) { $0 + Int($1.newStart - $1.start) } }

    /// - Throws: `KafkaError` when no broker answers.
    static func make(
        _ partitions: [TopicPartition], to point: OffsetPoint, nowMs: Int64,
        _ client: KafkaClient
    ) async throws -> TrimPlan {
        let starts = try await offsets(partitions, .earliest, client)
        let ends = try await offsets(partitions, .latest, client)
        var found: [TopicPartition: Result<ListedOffset, KafkaError>] = [:]
        var last: [TopicPartition: Int64] = [:]
        switch point {
        case .time(let time):
            found = try await offsets(
                partitions, .timestamp(max(0, time.milliseconds(nowMs: nowMs))), client)
        case .beforeEnd(let count): last = try await lastRecords(starts, count, client)
        default: break
        }
        var plan = TrimPlan()
        for partition in partitions {
            do {
                guard let start = try starts[partition]?.get().offset,
                    let end = try ends[partition]?.get().offset
                else { continue }
                let found = try found[partition]?.get().offset ?? last[partition]
                plan.rows.append(
                    Row(
                        partition: partition, start: start,
                        newStart: newStart(point, start: start, end: end, found: found), end: end))
            } catch {
                plan.failures.append(CommandFailure(error))
            }
        }
        return plan
    }

    private static func offsets(
        _ partitions: [TopicPartition], _ spec: OffsetSpec, _ client: KafkaClient
    ) async throws -> [TopicPartition: Result<ListedOffset, KafkaError>] {
        try await client.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, spec) }))
    }

    /// Where the last records begin that readers of committed ones see. What open transactions hold
    /// back lies behind them, and stays too.
    private static func lastRecords(
        _ starts: [TopicPartition: Result<ListedOffset, KafkaError>], _ count: Int64,
        _ client: KafkaClient
    ) async throws -> [TopicPartition: Int64] {
        let ends = try await client.listOffsets(
            starts.mapValues { _ in .latest }, isolationLevel: .readCommitted)
        var bounds: [TopicPartition: Range<Int64>] = [:]
        for (partition, result) in starts {
            guard let start = try? result.get().offset, let end = try? ends[partition]?.get().offset
            else { continue }
            bounds[partition] = start..<max(start, end)
        }
        return try await LastRecords(client: client, isolationLevel: .readCommitted)
            .starts(of: bounds, count: count)
    }

    /// Never below the start. An offset above the end is left to the broker to refuse.
    ///
    /// - Parameter found: the offset for a point in time, or of the first of the last records, if
    ///   there is any.
    static func newStart(
        _ point: OffsetPoint, start: Int64, end: Int64, found: Int64?
    ) -> Int64 {
        switch point {
        // Groups' offsets are not asked for here.
        case .beginning, .stored: start
        case .end: end
        case .absolute(let offset): max(start, offset)
        case .beforeEnd: max(start, found ?? start)
        // No record is late enough: all of them are older.
        case .time: max(start, found ?? end)
        }
    }

    /// Deletes; the rows tell what came of it.
    ///
    /// - Throws: `KafkaError` when no broker answers.
    mutating func carryOut(_ client: KafkaClient) async throws {
        let moving = rows.filter { $0.newStart > $0.start }
        let results = try await client.deleteRecords(
            before: Dictionary(
                uniqueKeysWithValues: moving.map { ($0.partition, $0.newStart) }))
        var done: [Row] = []
        for var row in rows {
            switch results[row.partition] {
            case .success(let start)?: row.newStart = start
            case .failure(let error)?:
                failures.append(CommandFailure(error))
                continue
            case nil: break
            }
            done.append(row)
        }
        rows = done
    }

    // MARK: Output

    func append(to output: OutputBuffer, _ style: OutputStyle, width: Int?) {
        TrimPlan.layout.append(rows, to: output, style, width: width)
    }

    private static var layout: RowLayout<Row> {
        RowLayout(columns: [
            .text("TOPIC", "topic") { .text($0.partition.topic) },
            .number("PARTITION", "partition") { .int($0.partition.partition) },
            .number("START", "startOffset") { .int($0.start) },
            .number("NEW-START", "newStartOffset") { .int($0.newStart) },
            .number("END", "endOffset") { .int($0.end) },
        ])
    }
}
