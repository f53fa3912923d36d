public import KafkaBase

/// A group with its members, whichever protocol they follow.
public struct GroupDescription: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public var memberID: String
        /// Of a static member (KIP-345).
        public var instanceID: String?
        public var clientID: String
        /// The address that it connects from, `/127.0.0.1`.
        public var host: String
        public var rackID: String?
        /// Of KIP-848: how far the member has come with its assignment.
        public var memberEpoch: Int32?
        /// In order.
        public var assignment: [TopicPartition] = []
        /// Of KIP-848: what it is on its way to; nil in classic groups.
        public var targetAssignment: [TopicPartition]?
        /// Of KIP-848: empty in classic groups.
        public var subscribedTopics: [String] = []
        public var subscribedRegex: String?
    }

    public var groupID: String
    public var type: GroupType
    public var state: GroupState
    /// `consumer` for groups of consumers.
    public var protocolType: String
    /// Empty while the group has none.
    public var assignor: String
    public var coordinator: Int32
    /// Of KIP-848; nil in classic groups.
    public var groupEpoch: Int32?
    public var assignmentEpoch: Int32?
    /// By id.
    public var members: [Member] = []

    /// Whether somebody reads for the group, so that its offsets are not to be changed by others.
    public var hasMembers: Bool {
        !members.isEmpty || ![.empty, .dead].contains(state)
    }
}
