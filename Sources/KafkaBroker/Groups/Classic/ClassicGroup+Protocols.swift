import KafkaBase
import KafkaWire

/// What the members of a group have in common.
extension ClassicGroup {
    /// What consumers call the kind of their groups.
    static let consumerProtocolType = "consumer"

    var isConsumers: Bool { protocolType == ClassicGroup.consumerProtocolType }

    /// Whether whoever knows these protocols can be a member beside those that there are.
    func supports(_ protocolType: String, _ names: [String]) -> Bool {
        guard state != .empty else { return !protocolType.isEmpty && !names.isEmpty }
        return self.protocolType == protocolType
            && names.contains { protocolCounts[$0, default: 0] == members.count }
    }

    /// The protocol that all members know and most vote for; of several, the one whose first voter
    /// came first. Nil where there is none.
    func selectProtocol() -> String? {
        let candidates = Set(protocolCounts.keys.filter { protocolCounts[$0] == members.count })
        let votes = orderedMembers.compactMap { $0.vote(candidates) }
        let counts = votes.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        return votes.first { counts[$0] == counts.values.max() }
    }

    /// The topics of all members; nil where they are not known, which is so for others than
    /// consumers, and for metadata that is none.
    ///
    /// Version 0 of the subscription is the beginning of all others.
    func findSubscribedTopics() -> Set<String>? {
        guard isConsumers else { return nil }
        if members.isEmpty { return [] }
        guard protocolName != nil else { return nil }
        var topics: Set<String> = []
        for member in members.values {
            guard let metadata = member.metadata(for: protocolName) else { return nil }
            var reader = WireReader(metadata)
            guard let version = try? reader.readInteger(as: Int16.self), version >= 0,
                let subscription = try? ConsumerProtocolSubscription(from: &reader, version: 0)
            else { return nil }
            topics.formUnion(subscription.topics)
        }
        return topics
    }
}
