import KafkaBase
import NIOCore

/// A member of a consumer group, as the group's records have it. A value.
struct ConsumerGroupMember: Sendable, Equatable {
    let id: String
    var metadata = Metadata()
    var current = Current()

    init(id: String) { self.id = id }

    /// What the member said of itself.
    struct Metadata: Sendable, Equatable {
        /// Of a static member (KIP-345).
        var instanceID: String?
        var rackID: String?
        var clientID = ""
        var clientHost = ""
        var topicNames: Set<String> = []
        /// A regular expression; empty for none.
        var pattern = ""
        var rebalanceTimeoutMs: Int32 = -1
        /// The assignor that it would like.
        var serverAssignor: String?
        /// Of a member that speaks the classic protocol.
        var classic: ClassicMember?
    }

    /// What a member of the classic protocol joined with.
    struct ClassicMember: Sendable, Equatable {
        struct OfferedProtocol: Sendable, Equatable {
            var name: String
            /// Its subscription (`ConsumerProtocolSubscription`).
            var metadata: ByteBuffer
        }

        var sessionTimeoutMs: Int32
        /// In the member's order.
        var protocols: [OfferedProtocol]
    }

    enum State: Int8, Sendable {
        /// Has what it is to have.
        case stable = 0
        /// Must give partitions up before its epoch can move on.
        case unrevokedPartitions = 1
        /// Waits for partitions that others have to give up.
        case unreleasedPartitions = 2
        /// Of a later version.
        case unknown = 127
    }

    /// What the member has at present.
    struct Current: Sendable, Equatable {
        var epoch: Int32 = 0
        /// From which it came to its epoch: the answer that says so may have been lost.
        var previousEpoch: Int32 = -1
        var state = State.stable
        var assigned = PartitionSet()
        /// What it still has to give up.
        var pendingRevocation = PartitionSet()

        static let left = Current(epoch: Epoch.leave, previousEpoch: Epoch.leave)
    }

    /// In place of an epoch, in requests and records.
    enum Epoch {
        static let join: Int32 = 0
        static let leave: Int32 = -1
        /// A static member goes, and will be back.
        static let leaveForNow: Int32 = -2
    }

    var isClassic: Bool { metadata.classic != nil }

    func isReconciled(to targetEpoch: Int32) -> Bool {
        current.state == .stable && current.epoch == targetEpoch
    }
}
