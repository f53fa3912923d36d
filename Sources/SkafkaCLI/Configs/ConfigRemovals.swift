internal import KafkaBase
internal import KafkaClient

/// Settings of topics that are to get their defaults again. Brokers take any name and say nothing
/// of one that is not there, so it is looked up before.
struct ConfigRemovals {
    /// Of topics for which a name is no setting.
    private(set) var errors: [ConfigResource: KafkaError] = [:]
    /// What has its default already, a line for each.
    private(set) var notes: [String] = []

    /// - Parameter resources: those that are no topics are left alone: of them not all settings are
    ///   known.
    /// - Throws: `KafkaError` when no broker answers.
    init(
        _ changes: [ConfigChange], of resources: [ConfigResource], _ client: KafkaClient
    ) async throws {
        let names = changes.filter { $0.operation == .delete }.map(\.name)
        let topics = resources.filter { $0.kind == .topic }
        guard !names.isEmpty, !topics.isEmpty else { return }
        let described = try await client.describeConfigs(topics)
        for topic in topics {
            // What is wrong with the topic is told when it is changed.
            guard case .success(let entries)? = described[topic] else { continue }
            look(for: names, in: entries, of: topic)
        }
    }

    private mutating func look(
        for names: [String], in entries: [ConfigEntry], of topic: ConfigResource
    ) {
        for name in names {
            guard let entry = entries.first(where: { $0.name == name }) else {
                let near = NearestName.of(name, among: entries.map(\.name))
                errors[topic] = KafkaError(
                    .broker(.invalidConfig),
                    "topic \(topic.name): there is no setting \(name)"
                        + (near.map { "; did you mean \($0)?" } ?? ""))
                return
            }
            if entry.source != .topic, entry.source != .unknown {
                notes.append("topic \(topic.name) does not set \(name)")
            }
        }
    }
}
