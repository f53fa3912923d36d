internal import NIOCore

/// When the records that are under way were sent, by partition, in the order of sending.
///
/// Producers report the batches of a partition in order and tell how many records they hold, which
/// is enough to know each record's latency. Records sent within `quantumNs` share an entry. Bounded
/// by the producer's buffer, whose records these are. A value, its owner's alone.
struct InFlightTimes {
    private struct Entry {
        var atNs: UInt64
        var count: Int
    }

    /// Much less than any answer takes.
    private static let quantumNs: UInt64 = 10_000

    private var partitions: [CircularBuffer<Entry>] = []

    mutating func sent(to partition: Int, atNs: UInt64) {
        while partitions.count <= partition { partitions.append(CircularBuffer()) }
        let last = partitions[partition].indices.last
        if let last, atNs &- partitions[partition][last].atNs < InFlightTimes.quantumNs {
            partitions[partition][last].count += 1
        } else {
            partitions[partition].append(Entry(atNs: atNs, count: 1))
        }
    }

    /// Takes back the last `sent`: the producer had no room.
    mutating func unsend(to partition: Int) {
        guard let last = partitions[partition].indices.last else { return }
        partitions[partition][last].count -= 1
        if partitions[partition][last].count == 0 { partitions[partition].removeLast() }
    }

    /// Forgets the oldest records of a partition, which are done.
    ///
    /// - Parameters:
    ///   - sinceNs: latencies of records sent before it are not counted.
    ///   - isDelivered: whether their latencies are counted at all.
    mutating func done(
        _ count: Int, of partition: Int, atNs nowNs: UInt64, sinceNs: UInt64,
        countIn latencies: inout LatencyHistogram, isDelivered: Bool = true
    ) {
        var left = count
        while left > 0, let first = partitions[partition].first {
            let taken = min(left, first.count)
            if isDelivered, first.atNs >= sinceNs {
                let latencyNs = nowNs > first.atNs ? nowNs - first.atNs : 0
                latencies.add(nanoseconds: latencyNs, count: taken)
            }
            left -= taken
            if taken == first.count {
                partitions[partition].removeFirst()
            } else {
                partitions[partition][partitions[partition].startIndex].count -= taken
            }
        }
    }
}
