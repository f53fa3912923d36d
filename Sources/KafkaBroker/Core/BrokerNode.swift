import KafkaBase
import KafkaLog
import Logging
import NIOPosix

/// What the handlers share.
///
/// Immutable; each part tells its own threads.
final class BrokerNode: Sendable {
    private let live: LiveSettings
    /// This node alone makes up the cluster.
    let nodeID: Int32
    let clusterID: String
    /// Whether asking for an unknown topic makes it.
    let autoCreateTopics: Bool
    let table: TopicTable
    let controller: TopicController
    let logStarts: LogStartKeeper
    let directories: LogDirectories
    let producerIDs: ProducerIDAllocator
    let groups: Coordinators<GroupCoordinator>
    let transactions: Coordinators<TransactionCoordinator>
    /// For what reads the disk more than a fetch does: searches by time, sizes of directories.
    let readPool: NIOThreadPool
    let clock: KafkaClock
    let logger: Logger

    init(
        storage: BrokerStorage, autoCreateTopics: Bool, producerIDs: ProducerIDAllocator,
        readPool: NIOThreadPool, clock: KafkaClock, logger: Logger
    ) {
        live = storage.settings
        nodeID = live.current.nodeID
        clusterID = storage.directories.first.clusterID
        self.autoCreateTopics = autoCreateTopics
        table = storage.table
        controller = storage.controller
        logStarts = storage.logStarts
        directories = storage.directories
        self.producerIDs = producerIDs
        self.readPool = readPool
        self.clock = clock
        self.logger = logger
        let table = storage.table
        groups = Coordinators(
            topic: CoordinatorTopics.offsets(live.current), table: table,
            controller: storage.controller
        ) { partition in
            CoordinatorShard(
                partition: partition, readPool: readPool, clock: clock, logger: logger
            ) { log, _ in GroupCoordinator(log: log) }
        }
        transactions = Coordinators(
            topic: CoordinatorTopics.transactions(live.current), table: table,
            controller: storage.controller
        ) { partition in
            CoordinatorShard(
                partition: partition, readPool: readPool, clock: clock, logger: logger
            ) { log, _ in TransactionCoordinator(log: log) }
        }
    }

    /// Has the coordinators take up what they left off: sessions and timeouts run from now on.
    func startCoordinators() {
        _ = groups.all
        _ = transactions.all
    }

    /// As they are at the moment.
    var settings: BrokerSettings { live.current }

    /// Every API that is served.
    func makeTable() -> ApiTable {
        let handlers: [any ApiHandler] = [
            ProduceHandler(node: self), FetchHandler(node: self), ListOffsetsHandler(node: self),
            MetadataHandler(node: self), FindCoordinatorHandler(node: self),
            CreateTopicsHandler(node: self), DeleteTopicsHandler(node: self),
            InitProducerIdHandler(node: self), OffsetForLeaderEpochHandler(node: self),
            DescribeConfigsHandler(node: self), DescribeLogDirsHandler(node: self),
            DescribeClusterHandler(node: self), DescribeTopicPartitionsHandler(node: self),
            AlterConfigsHandler(node: self), IncrementalAlterConfigsHandler(node: self),
            CreatePartitionsHandler(node: self), DeleteRecordsHandler(node: self),
        ]
        return ApiTable(handlers + [ApiVersionsHandler(besides: ApiTable(handlers))])
    }
}

/// What an unsecured broker lets everybody do, as the sets of bits that some responses carry
/// (Kafka's `AclOperation` codes).
enum AuthorizedOperations {
    /// Read, write, create, delete, alter, describe, describe and alter configs.
    static let topic: Int32 = bits(3, 4, 5, 6, 7, 8, 10, 11)
    /// Create, alter, describe, cluster action, describe and alter configs, idempotent write.
    static let cluster: Int32 = bits(5, 7, 8, 9, 10, 11, 12)
    /// The client did not ask.
    static let notAsked: Int32 = .min

    private static func bits(_ codes: Int32...) -> Int32 { codes.reduce(0) { $0 | 1 << $1 } }
}
