public import KafkaBase

/// How a member takes part in a consumer group.
///
/// ```swift
/// var configuration = GroupConfiguration(groupID: "billing")
/// configuration.groupProtocol = .consumer
/// configuration.offsetReset = .earliest
/// ```
public struct GroupConfiguration: Sendable {
    public enum GroupProtocol: String, Sendable {
        /// The members share the partitions among themselves, led by one of them.
        case classic
        /// The coordinator does (KIP-848; brokers from 4.0 on).
        case consumer
    }

    /// Where reading begins in a partition for which the group has committed nothing, or whose
    /// committed offset is gone.
    public enum OffsetReset: Sendable {
        case earliest
        case latest
        /// At the first record that is no older than so many ms, else at the end (KIP-1106).
        case ago(ms: Int64)
        /// An error is thrown.
        case none
        /// At offsets of the caller's choice, where nothing is committed; an error is thrown where
        /// an offset is gone.
        case custom(
            @Sendable ([TopicPartition]) async throws(KafkaError) -> [TopicPartition: Int64])
    }

    public var groupID: String
    /// Of a static member, which keeps its share when it is back in time (KIP-345).
    public var instanceID: String?
    public var groupProtocol = GroupProtocol.classic
    /// Those that this member can lead with, the best first; all members need one in common.
    /// Partitions stay with their members during a rebalance when all of them are cooperative.
    public var assignors: [Assignor] = [.range, .cooperativeSticky]
    /// What the coordinator shares with, under KIP-848; nil leaves it to the coordinator.
    public var remoteAssignor: String?
    /// Of this consumer, for assignors that look at it: `range` does, and coordinators may.
    public var rackID: String?
    /// How long the coordinator waits for a sign of life, in ms; under KIP-848 it decides itself.
    public var sessionTimeoutMs = 45_000
    /// Between signs of life, in ms; under KIP-848 the coordinator decides.
    public var heartbeatIntervalMs = 3_000
    /// How long a member may be without a call of `poll` before it leaves the group, and how long
    /// a rebalance waits for members, in ms.
    public var maxPollIntervalMs = 300_000
    public var offsetReset = OffsetReset.latest
    /// Whether `poll`, rebalances and `close` commit the positions. What `poll` handed out counts
    /// as done when it is called again.
    public var enableAutoCommit = true
    /// Between commits by `poll`, in ms.
    public var autoCommitIntervalMs = 5_000
    /// How often topics are looked for that match a pattern, and the leader looks for new
    /// partitions, in ms; nil takes `ClientConfiguration.metadataMaxAgeMs`.
    public var topicRefreshMs: Int?

    public init(groupID: String) {
        self.groupID = groupID
    }

    /// Whether members keep their partitions during a rebalance of a classic group.
    var isCooperative: Bool { !assignors.isEmpty && assignors.allSatisfy(\.isCooperative) }
}
