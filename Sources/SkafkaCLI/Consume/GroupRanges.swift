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
    private let ends = NIOLockedValueBox<[TopicPartition: PartitionRange]>([:])
    /// Of partitions that began where the command line says.
    private let starts = NIOLockedValueBox<[TopicPartition: PartitionRange]>([:])

    init(_ plan: ConsumePlan, _ resolver: RangeResolver) {
        from = plan.from
        to = plan.to
        self.resolver = resolver
    }

    /// Whether reading ends anywhere.
    var hasEnds: Bool { to != nil }

    /// Finds the ends of partitions that have none yet.
    ///
    /// - Throws: `KafkaError`.
    func capture(_ partitions: [TopicPartition]) async throws {
        let open = ends.withLockedValue { ends in partitions.filter { ends[$0] == nil } }
        guard to != nil, !open.isEmpty else { return }
        let found = try await resolver.resolve(open, from: .beginning, to: to)
        ends.withLockedValue { $0.merge(found) { old, _ in old } }
    }

    /// Where partitions begin for which nothing is committed.
    func starts(
        of partitions: [TopicPartition]
    ) async throws(KafkaError) -> [TopicPartition: Int64] {
        let found: [TopicPartition: PartitionRange]
        do {
            found = try await resolver.resolve(partitions, from: from, to: nil)
        } catch let error as KafkaError {
            throw error
        } catch {
            throw KafkaError(.connectionFailed, "\(error)")
        }
        starts.withLockedValue { $0.merge(found) { _, new in new } }
        return found.mapValues(\.start)
    }

    /// What is read of a partition that is at a position.
    func range(of partition: TopicPartition, at position: Int64) -> PartitionRange {
        PartitionRange(
            start: position, from: starts.withLockedValue { $0[partition]?.from } ?? 0,
            end: ends.withLockedValue { $0[partition]?.end })
    }
}
