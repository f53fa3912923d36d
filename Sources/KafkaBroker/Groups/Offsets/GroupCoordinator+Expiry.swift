import KafkaBase
import Logging

/// Offsets and groups that go by themselves, or with their topics.
extension GroupCoordinator {
    /// Tombstones that are written together. One that holds the longest names is below 64 KiB, but
    /// nearly all are some 60 bytes.
    private static let tombstonesPerBatch = 1000

    /// Looks for offsets that have expired (KIP-211), and for groups that are empty without any.
    func expireOffsets() {
        let nowMs = nowMs
        deadlines.set(.expiry, at: nowMs + settings.expiryIntervalMs)
        var tombstones: [CoordinatorRecord] = []
        var expiredGroups: [String] = []
        for group in groups.values {
            do throws(ApiError) {
                tombstones += try expiredOffsets(of: group, nowMs: nowMs)
                guard try hasExpired(group, nowMs: nowMs) else { continue }
                tombstones += try group.tombstones()
                expiredGroups.append(group.id)
            } catch {
                logger.warning("group \(group.id) cannot expire: \(error)")
            }
        }
        guard !tombstones.isEmpty else { return }
        for id in expiredGroups { logger.info("group \(id) has expired") }
        logger.debug("\(tombstones.count - expiredGroups.count) offsets have expired")
        writeTombstones(tombstones)
    }

    private func expiredOffsets(
        of group: any Group, nowMs: Int64
    ) throws(ApiError) -> [CoordinatorRecord] {
        var tombstones: [CoordinatorRecord] = []
        for (topic, partitions) in offsets.topics(of: group.id)
        where !group.isSubscribed(to: topic) {
            for (partition, offset) in partitions
            where hasExpired(offset, group, topic, partition, nowMs: nowMs) {
                tombstones.append(
                    try .offset(nil, group: group.id, topic: topic, partition: partition))
            }
        }
        return tombstones
    }

    private func hasExpired(
        _ offset: CommittedOffset, _ group: any Group, _ topic: String, _ partition: Int32,
        nowMs: Int64
    ) -> Bool {
        guard let retention = group.offsetRetention,
            !offsets.isPending(group.id, topic, partition)
        else { return false }
        return retention.hasExpired(
            offset, retentionMs: settings.offsetsRetentionMs, nowMs: nowMs)
    }

    /// Whether nothing is left of a group once its expired offsets are gone.
    private func hasExpired(_ group: any Group, nowMs: Int64) throws(ApiError) -> Bool {
        guard group.isEmpty, !offsets.hasOpenTransaction(group.id) else { return false }
        return offsets.topics(of: group.id).allSatisfy { topic, partitions in
            !group.isSubscribed(to: topic)
                && partitions.allSatisfy { partition, offset in
                    hasExpired(offset, group, topic, partition, nowMs: nowMs)
                }
        }
    }

    /// Forgets the offsets of partitions that are there no more.
    func forgetOffsets(of topics: Set<String>) {
        var tombstones: [CoordinatorRecord] = []
        for group in offsets.groups {
            for partition in offsets.partitions(of: group) where topics.contains(partition.topic) {
                do throws(ApiError) {
                    tombstones.append(
                        try .offset(
                            nil, group: group, topic: partition.topic,
                            partition: partition.partition))
                } catch {
                    logger.warning("an offset of group \(group) cannot go: \(error)")
                }
            }
        }
        writeTombstones(tombstones)
    }

    /// In batches that the log takes: what is left of one is found again.
    private func writeTombstones(_ tombstones: [CoordinatorRecord]) {
        var rest = tombstones[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(GroupCoordinator.tombstonesPerBatch))
            rest = rest.dropFirst(batch.count)
            do throws(ApiError) {
                try write(batch) { _ in }
            } catch {
                return logger.warning(
                    "\(rest.count + batch.count) records of groups cannot go: \(error)")
            }
        }
    }
}
