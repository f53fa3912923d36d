/// Which topics a group's member wants to read.
public enum GroupSubscription: Sendable {
    case topics([String])
    /// Every topic that fits one of them, but Kafka's own; also topics that come later. The client
    /// matches them, under both protocols.
    case matching([TopicPattern])

    /// Whether a topic is meant.
    func includes(_ topic: ClusterMetadata.Topic) -> Bool {
        switch self {
        case .topics(let names): names.contains(topic.name)
        case .matching(let patterns):
            !topic.isInternal && patterns.contains { $0.matches(topic.name) }
        }
    }
}
