import KafkaBase
import NIOConcurrencyHelpers

/// The topics that are served, by name and by id.
///
/// Any thread: a request takes the whole table once, under one short lock, and sees it unchanged.
/// Changes come from the storage thread alone.
final class TopicTable: Sendable {
    /// The topics at one moment.
    struct Snapshot: Sendable {
        fileprivate(set) var byName: [String: Topic] = [:]
        fileprivate(set) var byID: [Uuid: Topic] = [:]
        /// Greater after each change.
        fileprivate(set) var version: Int64 = 0

        func topic(_ name: String) -> Topic? { byName[name] }
        func topic(_ id: Uuid) -> Topic? { byID[id] }
        func partition(_ topic: String, _ number: Int32) -> Partition? {
            byName[topic]?.partition(number)
        }
    }

    private let state = NIOLockedValueBox(Snapshot())

    var snapshot: Snapshot { state.withLockedValue { $0 } }

    /// Adds topics, or replaces those of the same name.
    func insert(_ topics: [Topic]) {
        state.withLockedValue { state in
            state.version += 1
            for topic in topics {
                if let old = state.byName.updateValue(topic, forKey: topic.name) {
                    state.byID[old.id] = nil
                }
                state.byID[topic.id] = topic
            }
        }
    }

    func remove(_ topic: Topic) {
        state.withLockedValue { state in
            state.version += 1
            state.byName[topic.name] = nil
            state.byID[topic.id] = nil
        }
    }
}
