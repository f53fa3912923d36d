/// Who commits offsets for a group: a member of it in one of its generations. A transactional
/// producer sends it along, so that a member that was replaced cannot commit (KIP-447).
public struct ConsumerGroupMetadata: Sendable, Equatable {
    public var groupID: String
    /// Of the classic protocol, or the member epoch of KIP-848; -1 for one that is no member.
    public var generation: Int32
    /// Empty for one that is no member.
    public var memberID: String
    /// Of a static member (KIP-345).
    public var instanceID: String?

    public init(
        groupID: String, generation: Int32 = -1, memberID: String = "", instanceID: String? = nil
    ) {
        self.groupID = groupID
        self.generation = generation
        self.memberID = memberID
        self.instanceID = instanceID
    }
}
