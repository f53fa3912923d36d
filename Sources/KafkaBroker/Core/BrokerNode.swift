import KafkaBase
import KafkaLog
import KafkaTransport
import Logging
import NIOConcurrencyHelpers
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
    /// For changes of the metadata that are no topic's.
    let metadata: MetadataEditor
    let quotas: QuotaManager
    let loggers: BrokerLoggers
    let groups: Coordinators<GroupCoordinator>
    let transactions: Coordinators<TransactionCoordinator>
    let markers: MarkerWriter
    /// For what reads the disk more than a fetch does: searches by time, sizes of directories.
    let readPool: NIOThreadPool
    /// Any thread; one short lock.
    let fetchSessions: NIOLockedValueBox<FetchSessionCache>
    let clock: KafkaClock
    let logger: Logger

    init(
        storage: BrokerStorage, autoCreateTopics: Bool, producerIDs: ProducerIDAllocator,
        readPool: NIOThreadPool, clock: KafkaClock, logger: Logger, threshold: LogThreshold
    ) {
        live = storage.settings
        nodeID = live.current.nodeID
        loggers = BrokerLoggers(nodeID: live.current.nodeID, threshold: threshold)
        clusterID = storage.directories.first.clusterID
        self.autoCreateTopics = autoCreateTopics
        table = storage.table
        controller = storage.controller
        logStarts = storage.logStarts
        directories = storage.directories
        self.producerIDs = producerIDs
        let quotas = QuotaManager(
            storage.store.image.quotas,
            windows: .init(live.current, "quota"),
            mutationWindows: .init(live.current, "controller.quota"))
        self.quotas = quotas
        metadata = MetadataEditor(
            store: storage.store, thread: storage.thread, logger: logger
        ) { quotas.update($0.quotas) }
        self.readPool = readPool
        fetchSessions = NIOLockedValueBox(
            FetchSessionCache(maxSessions: live.current.maxFetchSessions))
        self.clock = clock
        self.logger = logger
        let table = storage.table
        let groupSettings = GroupSettings(live.current)
        let consumers = ConsumerGroupEnvironment(storage)
        groups = Coordinators(
            topic: CoordinatorTopics.offsets(live.current), table: table,
            controller: storage.controller
        ) { partition in
            CoordinatorShard(
                partition: partition, readPool: readPool, clock: clock, logger: logger
            ) { log, _ in
                GroupCoordinator(
                    log: log, settings: groupSettings, consumers: consumers, clock: clock,
                    logger: logger)
            }
        }
        let markers = MarkerWriter(table: table, groups: groups, clock: clock)
        self.markers = markers
        let transactionSettings = TransactionSettings(live.current)
        let store = storage.store
        transactions = Coordinators(
            topic: CoordinatorTopics.transactions(live.current), table: table,
            controller: storage.controller
        ) { partition in
            let environment = BrokerTransactionEnvironment(
                partition, producerIDs: producerIDs, markers: markers, clock: clock,
                features: { store.image.features }, logger: logger)
            let shard = CoordinatorShard(
                partition: partition, readPool: readPool, clock: clock, logger: logger
            ) { log, partition in
                TransactionCoordinator(
                    log: log, environment: environment, settings: transactionSettings,
                    epoch: partition.leaderEpoch, logger: logger)
            }
            environment.shard = shard
            return shard
        }
    }

    /// Has DescribeConfigs tell where clients find the broker; Unix sockets are not among it.
    func note(_ bound: [ListenerAddress], _ endpoints: [AdvertisedEndpoint]) {
        var listeners: [String] = []
        var advertised: [String] = []
        for case (.tcp(let host, let port), let endpoint) in zip(bound, endpoints) {
            listeners.append("PLAINTEXT://\(host):\(port)")
            advertised.append("PLAINTEXT://\(endpoint.host):\(endpoint.port)")
        }
        live.note("listeners", listeners.joined(separator: ","))
        live.note("advertised.listeners", advertised.joined(separator: ","))
        live.note("log.dirs", directories.all.map(\.path).joined(separator: ","))
    }

    /// Has the coordinators take up what they left off: sessions and timeouts run from now on.
    func startCoordinators() {
        _ = groups.all
        _ = transactions.all
    }

    /// As they are at the moment.
    var settings: BrokerSettings { live.current }

    /// Levels of the features that are in force.
    var features: Features { metadata.store.image.features }

    /// What a request may make and delete of partitions; nil without bound.
    func mutationQuota(
        of context: RequestContext, strictFrom firstVersion: Int16
    ) -> MutationQuota? {
        context.quota.map {
            MutationQuota($0, clock: clock, isStrict: context.version >= firstVersion)
        }
    }
}

/// What an unsecured broker lets everybody do, as the sets of bits that some responses carry
/// (Kafka's `AclOperation` codes).
enum AuthorizedOperations {
    /// Read, write, create, delete, alter, describe, describe and alter configs.
    static let topic: Int32 = bits(3, 4, 5, 6, 7, 8, 10, 11)
    /// Read, delete, describe, describe and alter configs.
    static let group: Int32 = bits(3, 6, 8, 10, 11)
    /// Create, alter, describe, cluster action, describe and alter configs, idempotent write.
    static let cluster: Int32 = bits(5, 7, 8, 9, 10, 11, 12)
    /// The client did not ask.
    static let notAsked: Int32 = .min

    private static func bits(_ codes: Int32...) -> Int32 { codes.reduce(0) { $0 | 1 << $1 } }
}
