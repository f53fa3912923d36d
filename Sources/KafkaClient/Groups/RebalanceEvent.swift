public import KafkaBase

/// What a rebalance does to the partitions of a member. `GroupConsumer.poll` waits for whoever is
/// told.
public enum RebalanceEvent: Sendable, Equatable {
    /// These are read from now on, in addition to those there are; none when a rebalance brought
    /// nothing. Their positions are known, and may still be moved with `seek`.
    case assigned([TopicPartition])
    /// These are not read any more. Offsets of what was handled should be committed now, since
    /// another member goes on there next.
    case revoked([TopicPartition])
    /// These are not read any more, and another member may have them already (the member was
    /// absent for too long): their offsets can no longer be committed.
    case lost([TopicPartition])
}
