import KafkaBase
import NIOConcurrencyHelpers

/// How far a group has come in a partition.
struct GroupPosition: Sendable, Equatable {
    var group: String
    var partition: TopicPartition
    var offset: Int64
}

/// What the metrics tell of groups.
struct GroupsSample: Sendable, Equatable {
    struct State: Hashable, Sendable {
        var kind: GroupKind
        /// As ListGroups shows it.
        var name: String
    }

    var positions: [GroupPosition] = []
    /// How many groups there are of each kind in each state.
    var counts: [State: Int] = [:]

    /// Every state of the kinds that are served, also where no group is in it.
    func writeCounts(into text: inout MetricsText) {
        text.family("skafka_groups", .gauge, "Groups, by their members' protocol and state.")
        let states =
            ClassicGroup.State.allCases.map { State(kind: .classic, name: $0.rawValue) }
            + ConsumerGroup.State.allCases.map { State(kind: .consumer, name: $0.rawValue) }
        for state in states {
            text.sample(
                MetricsText.Value(counts[state] ?? 0),
                MetricsText.Labels(["protocol": state.kind.rawValue, "state": state.name]))
        }
    }
}

/// Where the metrics ask for groups and their committed offsets, whoever keeps the groups.
///
/// Any thread; one short lock, which is not held while the groups are told.
final class GroupPositions: Sendable {
    /// Tells all groups, and some of the offsets, up to a number of them. Called on a thread that
    /// may block.
    typealias Source = @Sendable (_ maxCount: Int) -> GroupsSample

    private let source = NIOLockedValueBox<Source?>(nil)

    /// Names who knows. From then on it is asked each time.
    func come(from source: @escaping Source) {
        self.source.withLockedValue { $0 = source }
    }

    /// Offsets by group, topic and partition; nothing as long as nobody knows.
    func sample(upTo maxCount: Int) -> GroupsSample {
        let source = source.withLockedValue { $0 }
        var sample = source?(maxCount) ?? GroupsSample()
        sample.positions = sample.positions.prefix(maxCount).sorted {
            ($0.group, $0.partition.topic, $0.partition.partition)
                < ($1.group, $1.partition.topic, $1.partition.partition)
        }
        return sample
    }
}
