import KafkaBase
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The coordinators of one kind, one for each partition of their internal topic; made and loaded
/// when the topic is there.
///
/// Any thread: a request takes its shard under one short lock and goes on there.
final class Coordinators<State: CoordinatorState>: Sendable {
    typealias Shard = CoordinatorShard<State>

    private struct Shards {
        var topicID = Uuid.zero
        var all: [Shard] = []
    }

    /// What the topic is made like when it is first asked for.
    let topic: NewTopic
    private let table: TopicTable
    private let controller: TopicController
    private let makeShard: @Sendable (Partition) -> Shard
    private let shards = NIOLockedValueBox(Shards())

    init(
        topic: NewTopic, table: TopicTable, controller: TopicController,
        makeShard: @escaping @Sendable (Partition) -> Shard
    ) {
        self.topic = topic
        self.table = table
        self.controller = controller
        self.makeShard = makeShard
    }

    /// All of them; none where the topic was not made yet. The first call has them loaded.
    var all: [Shard] {
        guard let topic = table.snapshot.topic(topic.name) else { return [] }
        return shards.withLockedValue { shards in
            // A topic that was deleted and made again has another id; the number of partitions
            // stays what it was, as it decides who finds what where (so it is with Kafka).
            if shards.topicID != topic.id {
                shards.topicID = topic.id
                shards.all = topic.partitions.map(makeShard)
                for shard in shards.all { shard.start() }
            }
            return shards.all
        }
    }

    /// The one of a group or of a transactional id; nil where the topic was not made yet.
    func shard(of key: String) -> Shard? {
        let all = all
        return all.isEmpty ? nil : all[JavaHash.partition(of: key, count: all.count)]
    }

    /// The one that writes to a partition of the topic.
    func shard(ofPartition number: Int32) -> Shard? {
        let all = all
        return all.indices.contains(Int(number)) ? all[Int(number)] : nil
    }

    /// Makes the topic unless it is there.
    func prepare(on eventLoop: any EventLoop) -> EventLoopFuture<ErrorCode> {
        guard all.isEmpty else { return eventLoop.makeSucceededFuture(.none) }
        return controller.create([topic], on: eventLoop).map { results in
            guard case .failure(let error)? = results.first, error.code != .topicAlreadyExists
            else { return ErrorCode.none }
            return .coordinatorNotAvailable
        }.recover { _ in .coordinatorNotAvailable }
    }

    /// Tells all states of something, each on its event loop and when it is loaded. Requests that
    /// come behind find it known.
    func notifyAll(_ work: @escaping @Sendable (State) -> Void) {
        for shard in all { shard.notify(work) }
    }

    /// Works with the state that knows `key`, on its event loop.
    func perform(
        _ key: String, _ work: @escaping @Sendable (State, _ nowMs: Int64) -> Void,
        orElse: @escaping @Sendable (ErrorCode) -> Void
    ) {
        guard let shard = shard(of: key) else { return orElse(.notCoordinator) }
        shard.perform(work, orElse: orElse)
    }
}
