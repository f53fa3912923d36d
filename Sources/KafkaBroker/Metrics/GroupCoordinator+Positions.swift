import KafkaBase
import NIOCore

extension GroupCoordinator {
    /// Adds the groups to a sample, and what they have committed, until there are so many offsets.
    /// On its event loop.
    func add(to sample: inout GroupsSample, upTo maxCount: Int) {
        for group in groups.values {
            sample.counts[.init(kind: group.kind, name: group.stateName), default: 0] += 1
            for (topic, partitions) in offsets.topics(of: group.id) {
                for (partition, committed) in partitions {
                    guard sample.positions.count < maxCount else { break }
                    sample.positions.append(
                        GroupPosition(
                            group: group.id,
                            partition: TopicPartition(topic: topic, partition: partition),
                            offset: committed.offset))
                }
            }
        }
    }
}

extension Coordinators where State == GroupCoordinator {
    /// All groups; of what is being loaded, nothing yet. Blocks while the coordinators' event loops
    /// look.
    func sample(upTo maxCount: Int) -> GroupsSample {
        var sample = GroupsSample()
        for shard in all {
            let before = sample
            let promise = shard.eventLoop.makePromise(of: GroupsSample.self)
            shard.perform { coordinator, _ in
                var grown = before
                coordinator.add(to: &grown, upTo: maxCount)
                promise.succeed(grown)
            } orElse: { _ in
                promise.succeed(before)
            }
            sample = (try? promise.futureResult.wait()) ?? before
        }
        return sample
    }
}
