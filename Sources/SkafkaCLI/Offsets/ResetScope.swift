internal import KafkaBase
internal import KafkaClient

/// Which partitions of a group `offsets reset` is about.
enum ResetScope: Equatable {
    case topics([TopicChoice])
    /// All that the group has an offset of.
    case all
    /// What the file says.
    case file

    /// - Throws: `CommandFailure` of status `usage`.
    init(topics: [TopicChoice], all: Bool, target: ResetTarget) throws(CommandFailure) {
        guard topics.isEmpty || !all else {
            throw .usage("--topic and --all-topics exclude each other")
        }
        if !topics.isEmpty {
            self = .topics(topics)
        } else if all {
            self = .all
        } else if case .file = target {
            self = .file
        } else {
            throw .usage("no topic given; write --topic TOPIC[:0,1] or --all-topics")
        }
    }
}
