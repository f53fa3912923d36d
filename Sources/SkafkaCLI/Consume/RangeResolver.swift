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

    /// - Throws: `KafkaError`, of the first partition that could not be asked.
    func resolve(
        _ partitions: [TopicPartition], from: OffsetPoint, to: OffsetPoint?
    ) async throws -> [TopicPartition: PartitionRange] {
        let starts = try await offsets(partitions, .earliest)
        let ends = try await offsets(partitions, .latest)
        let fromTimes = try await times(partitions, from)
        let toTimes = try await times(partitions, to)
        var result: [TopicPartition: PartitionRange] = [:]
        for partition in partitions {
            let start = starts[partition]?.flatMap { $0 } ?? 0
            let end = ends[partition]?.flatMap { $0 } ?? start
            let bounds = Bounds(start: start, end: end)
            let first = bounds.offset(of: from, time: fromTimes[partition] ?? nil)
            let last = to.map { bounds.limit(of: $0, time: toTimes[partition] ?? nil) }
            result[partition] = PartitionRange(
                start: min(max(first, start), max(end, start)), from: first, end: last)
        }
        return result
    }

    /// What a partition holds.
    struct Bounds {
        var start: Int64
        var end: Int64

        /// - Parameter time: the offset that the broker found for a point in time, if any.
        func offset(of point: OffsetPoint, time: Int64?) -> Int64 {
            switch point {
            case .beginning: start
            // Where nothing is committed; what is goes before.
            case .end, .stored: end
            case .absolute(let offset): offset
            case .beforeEnd(let count): max(start, end - min(count, end))
            // No record is as young: where the next one will be.
            case .time: time ?? end
            }
        }

        /// Where reading ends: never behind the end as it is now, since the partition may not get
        /// there.
        func limit(of point: OffsetPoint, time: Int64?) -> Int64 {
            min(offset(of: point, time: time), end)
        }
    }

    private func times(
        _ partitions: [TopicPartition], _ point: OffsetPoint?
    ) async throws -> [TopicPartition: Int64?] {
        guard case .time(let time)? = point else { return [:] }
        return try await offsets(partitions, .timestamp(max(0, time.milliseconds(nowMs: nowMs))))
    }

    private func offsets(
        _ partitions: [TopicPartition], _ spec: OffsetSpec
    ) async throws -> [TopicPartition: Int64?] {
        let specs = Dictionary(uniqueKeysWithValues: partitions.map { ($0, spec) })
        let results = try await client.listOffsets(specs, isolationLevel: isolationLevel)
        return try results.mapValues { try $0.get().offset }
    }
}
