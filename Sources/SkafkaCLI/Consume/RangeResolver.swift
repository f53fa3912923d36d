internal import KafkaBase
internal import KafkaClient

/// The offsets that one partition is read between.
struct PartitionRange: Equatable, Sendable {
    /// Where fetching begins: an offset that exists, or the end.
    var start: Int64
    /// Records below it are not shown (it lies behind the end when nothing is there yet).
    var from: Int64
    /// The first offset that is not read; nil for none.
    var end: Int64?

    /// Retention may have removed all of it.
    var isEmpty: Bool { end.map { max(start, from) >= $0 } ?? false }
}

/// Turns offset points into offsets, by asking the partitions' leaders.
struct RangeResolver {
    let client: KafkaClient
    let isolationLevel: IsolationLevel
    let nowMs: Int64
    /// Whether transactions' markers count among the last records.
    var includesControl = false

    /// - Throws: `KafkaError`, of the first partition that could not be asked.
    func resolve(
        _ partitions: [TopicPartition], from: OffsetPoint, to: OffsetPoint?
    ) async throws -> [TopicPartition: PartitionRange] {
        let starts = try await offsets(partitions, .earliest)
        let ends = try await offsets(partitions, .latest)
        var bounds: [TopicPartition: Bounds] = [:]
        for partition in partitions {
            let start = starts[partition]?.flatMap { $0 } ?? 0
            bounds[partition] = Bounds(start: start, end: ends[partition]?.flatMap { $0 } ?? start)
        }
        let fromFound = try await found(bounds, from)
        let toFound = try await found(bounds, to)
        return bounds.reduce(into: [:]) { result, entry in
            let (partition, bounds) = entry
            let first = bounds.offset(of: from, found: fromFound[partition] ?? nil)
            let last = to.map { bounds.limit(of: $0, found: toFound[partition] ?? nil) }
            result[partition] = PartitionRange(
                start: min(max(first, bounds.start), max(bounds.end, bounds.start)), from: first,
                end: last)
        }
    }

    /// What a partition holds.
    struct Bounds {
        var start: Int64
        var end: Int64

        /// - Parameter found: the offset for a point in time, or of the first of the last records,
        ///   if there is any.
        func offset(of point: OffsetPoint, found: Int64?) -> Int64 {
            switch point {
            case .beginning: start
            // Where nothing is committed; what is goes before.
            case .end, .stored: end
            case .absolute(let offset): offset
            case .beforeEnd: found ?? start
            // No record is as young: where the next one will be.
            case .time: found ?? end
            }
        }

        /// Where reading ends: never behind the end as it is now, since the partition may not get
        /// there.
        func limit(of point: OffsetPoint, found: Int64?) -> Int64 {
            min(offset(of: point, found: found), end)
        }
    }

    /// What has to be looked for in the partitions.
    private func found(
        _ bounds: [TopicPartition: Bounds], _ point: OffsetPoint?
    ) async throws -> [TopicPartition: Int64?] {
        switch point {
        case .time(let time)?:
            return try await offsets(
                Array(bounds.keys), .timestamp(max(0, time.milliseconds(nowMs: nowMs))))
        case .beforeEnd(let count)?:
            let last = LastRecords(
                client: client, isolationLevel: isolationLevel, includesControl: includesControl)
            return try await last.starts(
                of: bounds.mapValues { $0.start..<max($0.start, $0.end) }, count: count)
        default: return [:]
        }
    }

    private func offsets(
        _ partitions: [TopicPartition], _ spec: OffsetSpec
    ) async throws -> [TopicPartition: Int64?] {
        let specs = Dictionary(uniqueKeysWithValues: partitions.map { ($0, spec) })
        let results = try await client.listOffsets(specs, isolationLevel: isolationLevel)
        return try results.mapValues { try $0.get().offset }
    }
}
