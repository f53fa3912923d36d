/// Which topics a group's member wants to read.
public enum GroupSubscription: Sendable {
    case topics([String])
    /// Every topic that fits one of them, but Kafka's own; also topics that come later. Under
    /// KIP-848 the coordinator matches them, where it can; else the client does.
    case matching([TopicPattern])

    /// What the coordinator is to match, as one expression; empty for none.
    var expression: String {
        guard case .matching(let patterns) = self else { return "" }
        guard patterns.count > 1 else { return patterns.first?.text ?? "" }
        return patterns.map { "(?:\($0.text))" }.joined(separator: "|")
    }

    /// Whether a topic is meant.
    func includes(_ topic: ClusterMetadata.Topic) -> Bool {
        switch self {
        case .topics(let names): names.contains(topic.name)
        case .matching(let patterns):
            !topic.isInternal && patterns.contains { $0.matches(topic.name) }
        }
    }
}
