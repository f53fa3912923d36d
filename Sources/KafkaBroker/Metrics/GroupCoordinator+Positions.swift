import KafkaBase
import NIOCore

extension GroupCoordinator {
    /// What the groups have committed, up to a number of offsets, in any order. On its event loop.
    func positions(upTo maxCount: Int) -> [GroupPosition] {
        var positions: [GroupPosition] = []
        for group in groups.keys {
            for (topic, partitions) in offsets.topics(of: group) {
                for (partition, committed) in partitions {
                    guard positions.count < maxCount else { return positions }
                    positions.append(
                        GroupPosition(
                            group: group,
                            partition: TopicPartition(topic: topic, partition: partition),
                            offset: committed.offset))
                }
            }
        }
        return positions
    }
}

extension Coordinators where State == GroupCoordinator {
    /// Those of all groups; of what is being loaded, nothing yet. Blocks while the coordinators'
    /// event loops look.
    func positions(upTo maxCount: Int) -> [GroupPosition] {
        var positions: [GroupPosition] = []
        for shard in all where positions.count < maxCount {
            let left = maxCount - positions.count
            let promise = shard.eventLoop.makePromise(of: [GroupPosition].self)
            shard.perform { coordinator, _ in
                promise.succeed(coordinator.positions(upTo: left))
            } orElse: { _ in
                promise.succeed([])
            }
            positions += (try? promise.futureResult.wait()) ?? []
        }
        return positions
    }
}
