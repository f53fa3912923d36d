import KafkaBase

/// The topics that there are, as groups see them. At one moment; any thread.
protocol TopicCatalog: Sendable {
    /// Greater after each change of the topics.
    var version: Int64 { get }

    var names: [String] { get }

    func topic(_ name: String) -> ConsumerGroup.Topic?
    func name(of id: Uuid) -> String?
}
