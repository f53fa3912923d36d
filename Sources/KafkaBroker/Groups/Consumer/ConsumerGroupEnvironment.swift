import KafkaBase

/// What consumer groups ask of the broker around them: topics and settings as they are at the
/// moment. Immutable; any thread.
struct ConsumerGroupEnvironment: Sendable {
    /// Made anew for each look.
    var topics: @Sendable () -> any TopicCatalog = { ServedTopics(TopicTable.Snapshot()) }
    /// Of a group by its id.
    var settings: @Sendable (String) -> ConsumerGroupSettings = { _ in ConsumerGroupSettings() }
    var aclsVersion: @Sendable () -> Int64 = { 0 }

    func context(
        of groupID: String, nowMs: Int64, view: TopicView? = nil
    ) -> ConsumerGroupContext {
        ConsumerGroupContext(
            nowMs: nowMs, topics: topics(), settings: settings(groupID),
            aclsVersion: aclsVersion(), view: view)
    }
}

extension ConsumerGroupEnvironment {
    init(_ storage: BrokerStorage, _ authorizer: Authorizer?) {
        let table = storage.table
        let store = storage.store
        let live = storage.settings
        topics = { ServedTopics(table.snapshot) }
        settings = { groupID in
            GroupConfig(
                overrides: store.image.groupConfigs[groupID] ?? [:], broker: live.current
            ).consumer
        }
        aclsVersion = { authorizer?.version ?? 0 }
    }
}

/// The topics that the broker serves. A value.
private struct ServedTopics: TopicCatalog {
    private let snapshot: TopicTable.Snapshot

    init(_ snapshot: TopicTable.Snapshot) { self.snapshot = snapshot }

    var version: Int64 { snapshot.version }
    var names: [String] { Array(snapshot.byName.keys) }

    func topic(_ name: String) -> ConsumerGroup.Topic? {
        snapshot.topic(name).map { .init(id: $0.id, partitions: Int32($0.partitions.count)) }
    }

    func name(of id: Uuid) -> String? { snapshot.topic(id)?.name }
}
