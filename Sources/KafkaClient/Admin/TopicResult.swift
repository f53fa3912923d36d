public import KafkaBase

/// What became of one topic of an administrative call.
public struct TopicResult: Sendable, Equatable {
    public var name: String
    /// Nil when it was done.
    public var error: KafkaError?
    /// Where the broker tells (CreateTopics from version 7, DeleteTopics from version 6).
    public var topicID: Uuid?
    /// Where the broker tells (CreateTopics from version 5); -1 otherwise.
    public var partitionCount: Int32 = -1
    public var replicationFactor: Int16 = -1

    public init(name: String, error: KafkaError?) {
        self.name = name
        self.error = error
    }

    init(name: String, code: ErrorCode, what: String, detail: String?, topicID: Uuid) {
        self.name = name
        self.topicID = topicID == .zero ? nil : topicID
        switch code {
        case .none: error = nil
        case .unknownTopicOrPartition: error = .unknownTopic(name)
        default: error = KafkaError(code, "\(what) \(name)", detail: detail)
        }
    }
}

extension TopicResult {
    /// Brokers may answer in any order, and leave out what they were asked twice.
    static func inOrder(_ names: [String], _ results: [TopicResult]) -> [TopicResult] {
        let byName = Dictionary(results.map { ($0.name, $0) }) { first, _ in first }
        return names.map { name in
            byName[name] ?? TopicResult(name: name, error: .noAnswer("topic \(name)"))
        }
    }
}
