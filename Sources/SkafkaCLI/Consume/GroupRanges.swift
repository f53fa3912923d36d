internal import KafkaBase
internal import KafkaClient
internal import NIOConcurrencyHelpers

/// Where `consume -g` begins in partitions without a committed offset, and where it ends in all.
///
/// Ends are those of the start of the command; of partitions that came later, those of when they
/// were first given to this member. Any thread; bounded by the topics' partitions.
final class GroupRanges: Sendable {
    private let from: OffsetPoint
    private let to: OffsetPoint?
    private let resolver: RangeResolver
    private let ranges = NIOLockedValueBox<[TopicPartition: PartitionRange]>([:])
    /// Partitions that began where the command line says.
    private let started = NIOLockedValueBox<Set<TopicPartition>>([])

    init(_ plan: ConsumePlan, _ resolver: RangeResolver) {
        from = plan.from
        to = plan.to
        self.resolver = resolver
    }

    /// Whether reading ends anywhere.
    var hasEnds: Bool { to != nil }

    /// Finds the ranges of partitions that have none yet.
    ///
    /// - Throws: `KafkaError`.
    func capture(_ partitions: [TopicPartition]) async throws {
        let open = ranges.withLockedValue { ranges in partitions.filter { ranges[$0] == nil } }
        guard to != nil || needsStarts, !open.isEmpty else { return }
        let found = try await resolver.resolve(open, from: from, to: to)
        ranges.withLockedValue { $0.merge(found) { old, _ in old } }
    }

    private var needsStarts: Bool {
        switch from {
        case .absolute, .beforeEnd, .time: true
        case .beginning, .end, .stored: false
        }
    }

    /// Where partitions begin for which nothing is committed.
    func starts(
        of partitions: [TopicPartition]
    ) async throws(KafkaError) -> [TopicPartition: Int64] {
        do {
            try await capture(partitions)
        } catch let error as KafkaError {
            throw error
        } catch {
            throw KafkaError(.connectionFailed, "\(error)")
        }
        started.withLockedValue { $0.formUnion(partitions) }
        return ranges.withLockedValue { ranges in
            partitions.reduce(into: [:]) { $0[$1] = ranges[$1]?.start }
        }
    }

    /// What is read of a partition that is at a position.
    func range(of partition: TopicPartition, at position: Int64) -> PartitionRange {
        let known = ranges.withLockedValue { $0[partition] }
        let isStart = started.withLockedValue { $0.contains(partition) }
        return PartitionRange(
            start: position, from: isStart ? known?.from ?? 0 : 0, end: known?.end)
    }
}
