import KafkaBase
import KafkaLog
import Logging
import NIOCore
import NIOPosix

/// Opens a data directory and brings its topics to life. Blocks: on the storage thread.
struct BrokerStartup: Sendable {
    /// Threads that load and recover logs.
    private static let loadingThreads = 4

    var options: BrokerOptions
    let eventLoops: [any EventLoop]
    let thread: StorageThread

    private var logger: Logger { options.logger }
    private var settings: BrokerSettings { options.settings }

    func open() throws(BrokerError) -> BrokerStorage {
        DescriptorLimit.raise()
        try DataDirectory.create(options.dataDirectory)
        var startup = self
        startup.options.settings = try BrokerStartup.settings(
            options.settings, for: options.dataDirectory)
        return try startup.openLogs()
    }

    /// A directory that another broker has written keeps its node id unless the settings say one.
    private static func settings(
        _ settings: BrokerSettings, for directory: String
    ) throws(BrokerError) -> BrokerSettings {
        guard settings.overrides["node.id"] == nil, let nodeID = DataDirectory.nodeID(directory),
            nodeID != "\(settings.nodeID)"
        else { return settings }
        do throws(SettingError) {
            return try settings.setting("node.id", to: nodeID)
        } catch {
            throw .storage(reason: "\(directory)/meta.properties: \(error)")
        }
    }

    private func openLogs() throws(BrokerError) -> BrokerStorage {
        let directory: LogDirectory
        do throws(LogError) {
            let logger = logger
            directory = try LogDirectory.open(
                path: options.dataDirectory, nodeID: settings.nodeID,
                onFinding: { logger.log(level: BrokerStartup.level(of: $0), "\($0)") },
                onFailure: { logger.critical("no more writes until the next start: \($0)") })
        } catch .locked {
            throw .directoryInUse(path: options.dataDirectory)
        } catch {
            throw .storage(reason: "\(error)")
        }
        do {
            return try open(directory)
        } catch let error as BrokerError {
            throw error
        } catch {
            throw .storage(reason: "\(error)")
        }
    }

    /// What was cut, removed or made again is worth a warning; what was only looked at is not.
    private static func level(of finding: LogFinding) -> Logger.Level {
        switch finding.kind {
        case .truncated, .deleted, .rebuilt: .warning
        case .ignored: .notice
        case .recovered: .info
        }
    }

    private func open(_ directory: LogDirectory) throws -> BrokerStorage {
        let store = try FileMetadataStore(directory: options.dataDirectory)
        let image = store.image
        let settings = settings
        let logs = try directory.loadAll(threads: BrokerStartup.loadingThreads) { partition in
            let topic = image.topics[partition.topic]
            var log = TopicSettings(overrides: topic?.configs ?? [:], broker: settings).log
            // Of another broker's topic nobody knows: gaps in it must not cost the rest.
            if topic == nil { log.isCompacted = true }
            return log
        }
        let plan = Reconciliation(
            image: image, isNew: store.isNew, wasClean: directory.wasCleanShutdown,
            nodeID: settings.nodeID,
            logs: logs.map {
                .init(
                    name: $0.topicPartition, topicID: $0.topicID,
                    latestEpoch: $0.leaderEpochs.latestEpoch ?? -1)
            })
        if !plan.imported.isEmpty {
            logger.notice(
                """
                taking over topics: \(plan.imported.joined(separator: ", ")); their records are \
                kept until retention.ms is set
                """)
        }
        let kept = try setStraysAside(logs, plan, in: directory)
        let changes = plan.changes + (store.isNew ? BrokerStartup.producerIDs(logs) : [])
        if store.isNew || !changes.isEmpty { try store.apply(changes) }
        let storage = try makeStorage(directory, store, Set(kept.keys))
        do {
            try serve(kept, plan, storage)
            try createInitialTopics(storage)
        } catch {
            storage.close()
            throw error
        }
        return storage
    }

    /// Ids that another broker has handed out are not handed out again, for the logs know their
    /// sequences; nor are the rest of its block, which idle producers may hold.
    private static func producerIDs(_ logs: [PartitionLog]) -> [MetadataChange] {
        let blockSize = ProducerIDAllocator.blockSize
        let largest =
            logs.map(\.producers.largestProducerID)
            .filter { $0 <= ProducerIDAllocator.maxID - blockSize }.max() ?? -1
        return largest < 0
            ? [] : [.advanceProducerID(to: (largest / blockSize + 1) * blockSize)]
    }

    private func makeStorage(
        _ directory: LogDirectory, _ store: FileMetadataStore,
        _ partitions: Set<TopicPartition>
    ) throws(LogError) -> BrokerStorage {
        let cleaner = try LogCleaner(
            directory, partitions: partitions, options: settings.cleaner)
        let flushQueue = FlushQueue()
        let table = TopicTable()
        let factory = PartitionFactory(
            eventLoops: eventLoops, flushQueue: flushQueue,
            flushPolicy: FlushPolicy(sync: options.sync),
            errorLog: StorageErrorLog(logger: logger))
        let controller = TopicController(
            rules: TopicRules(settings: settings), store: store, table: table,
            directory: directory, cleaner: cleaner, factory: factory, thread: thread,
            logger: logger)
        return BrokerStorage(
            settings: settings, directory: directory, store: store, table: table,
            controller: controller, flushQueue: flushQueue, thread: thread, cleaner: cleaner,
            logger: logger)
    }

    private func setStraysAside(
        _ logs: [PartitionLog], _ plan: Reconciliation, in directory: LogDirectory
    ) throws(LogError) -> [TopicPartition: PartitionLog] {
        var kept: [TopicPartition: PartitionLog] = [:]
        for log in logs {
            if log.topic == TopicName.clusterMetadata { continue }
            guard plan.strays.contains(log.topicPartition) else {
                kept[log.topicPartition] = log
                continue
            }
            logger.warning("\(log.directoryPath) belongs to no topic: set aside as -stray")
            try directory.setAside(log)
        }
        return kept
    }

    private func serve(
        _ kept: [TopicPartition: PartitionLog], _ plan: Reconciliation, _ storage: BrokerStorage
    ) throws {
        var topics: [Topic] = []
        for image in storage.store.image.topics.values {
            let settings = TopicSettings(overrides: image.configs, broker: settings)
            let logs = try image.partitions.indices.map { number in
                let partition = TopicPartition(topic: image.name, partition: Int32(number))
                if let log = kept[partition] { return log }
                logger.warning("making the missing log of \(partition)")
                return try storage.directory.createLog(
                    partition, topicID: image.id, settings: settings.log)
            }
            topics.append(storage.controller.makeTopic(image, logs: logs, settings: settings))
        }
        storage.table.insert(topics)
    }

    private func createInitialTopics(_ storage: BrokerStorage) throws(BrokerError) {
        let existing = storage.table.snapshot
        let wanted = options.initialTopics.filter { existing.topic($0.name) == nil }
        guard !wanted.isEmpty else { return }
        let results = storage.controller.createNow(
            wanted.map { NewTopic(name: $0.name, partitionCount: $0.partitions ?? -1) },
            validateOnly: false)
        for (topic, result) in zip(wanted, results) {
            guard case .failure(let error) = result else { continue }
            throw .invalidOption(
                reason: "topic \(topic.name) cannot be created: \(error.message ?? "\(error.code)")"
            )
        }
    }
}
