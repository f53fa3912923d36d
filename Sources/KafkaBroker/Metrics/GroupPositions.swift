import KafkaBase
import NIOConcurrencyHelpers

/// How far a group has come in a partition.
struct GroupPosition: Sendable, Equatable {
    var group: String
    var partition: TopicPartition
    var offset: Int64
}

/// Where the metrics ask for groups' committed offsets, whoever keeps the groups.
///
/// Any thread; one short lock, which is not held while the offsets are told.
final class GroupPositions: Sendable {
    /// Tells some of the offsets, up to a number of them. Called on a thread that may block.
    typealias Source = @Sendable (_ maxCount: Int) -> [GroupPosition]

    private let source = NIOLockedValueBox<Source?>(nil)

    /// Names who knows. From then on it is asked each time.
    func come(from source: @escaping Source) {
        self.source.withLockedValue { $0 = source }
    }

    /// By group, topic and partition; none as long as nobody knows.
    func all(upTo maxCount: Int) -> [GroupPosition] {
        let source = source.withLockedValue { $0 }
        return (source?(maxCount) ?? []).prefix(maxCount).sorted {
            ($0.group, $0.partition.topic, $0.partition.partition)
                < ($1.group, $1.partition.topic, $1.partition.partition)
        }
    }
}
