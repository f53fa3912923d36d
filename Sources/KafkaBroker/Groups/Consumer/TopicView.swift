import KafkaSecurity

/// Which topics a member may know of, by the ACLs as they are whenever it is asked: a regular
/// expression stands for no others (Kafka's `filterTopicDescribeAuthorizedTopics`).
///
/// Immutable; any thread.
struct TopicView: Sendable {
    let shows: @Sendable (String) -> Bool

    static let everything = TopicView { _ in true }
}

extension TopicView {
    init(_ context: RequestContext) {
        let authorization = context.authorization
        self.init { authorization?.allowsNow(.describe, .topic($0)) ?? true }
    }
}
