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
    /// Nil where everybody may do everything.
    let authorizer: Authorizer?
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
        let authorizer = Authorizer(
            live.current, acls: storage.store.image.acls, logger: logger)
        self.authorizer = authorizer
        metadata = MetadataEditor(
            store: storage.store, thread: storage.thread, logger: logger
        ) { image in
            quotas.update(image.quotas)
            authorizer?.update(image.acls)
        }
        self.readPool = readPool
        fetchSessions = NIOLockedValueBox(
            FetchSessionCache(maxSessions: live.current.maxFetchSessions))
        self.clock = clock
        self.logger = logger
        let table = storage.table
        let groupSettings = GroupSettings(live.current)
        let consumers = ConsumerGroupEnvironment(storage, authorizer)
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
            listeners.append("\(endpoint.listenerName)://\(host):\(port)")
            advertised.append("\(endpoint.listenerName)://\(endpoint.host):\(endpoint.port)")
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
