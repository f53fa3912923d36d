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
        let began = ContinuousClock.now
        DescriptorLimit.raise()
        if !settings.ignoredNames.isEmpty {
            logger.notice(
                "settings without effect here: \(settings.ignoredNames.joined(separator: ", "))")
        }
        try DataDirectory.create(options.dataDirectory)
        var startup = self
        startup.options.settings = try BrokerStartup.settings(
            options.settings, for: options.dataDirectory)
        let storage = try startup.openLogs()
        logOpened(storage, after: ContinuousClock.now - began)
        return storage
    }

    private func logOpened(_ storage: BrokerStorage, after duration: Duration) {
        let directories = storage.directories.all
        logger.info(
            "logs loaded",
            metadata: [
                "version": "\(options.version)",
                "nodeId": "\(storage.settings.current.nodeID)",
                "clusterId": "\(storage.directories.first.clusterID)",
                "directories": "\(directories.map(\.path).joined(separator: ","))",
                "topics": "\(storage.table.snapshot.byName.count)",
                "partitions": "\(storage.partitions.count)",
                "cleanShutdown": "\(directories.allSatisfy(\.wasCleanShutdown))",
                "ms": "\(duration.inMilliseconds)",
            ])
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
        let first = try openDirectory(options.dataDirectory, clusterID: nil)
        let reserve = first.reserve
        do {
            let store = try FileMetadataStore(directory: first.path) { reserve.release() }
            // Without those of the last time, the logs in them would be made anew, empty.
            let more = options.moreLogDirectories ?? store.image.logDirectories
            for path in more { try DataDirectory.create(path) }
            try DataDirectory.checkDistinct([first.path] + more)
            let others = try more.map { path throws(BrokerError) in
                try openDirectory(path, clusterID: first.clusterID)
            }
            return try open(LogDirectories([first] + others), store)
        } catch let error as BrokerError {
            throw error
        } catch {
            throw .storage(reason: "\(error)")
        }
    }

    private func openDirectory(
        _ path: String, clusterID: String?
    ) throws(BrokerError) -> LogDirectory {
        do throws(LogError) {
            let logger = logger
            return try LogDirectory.open(
                path: path, nodeID: settings.nodeID, clusterID: clusterID,
                onFinding: { logger.log(level: BrokerStartup.level(of: $0), "\($0)") },
                onFailure: {
                    logger.critical("no more writes to \(path) until the next start: \($0)")
                })
        } catch .locked {
            throw .directoryInUse(path: path)
        } catch {
            throw .storage(reason: "\(error)")
        }
    }

    /// What was cut, removed or made again is worth a warning; what was only looked at is not.
    private static func level(of finding: LogFinding) -> Logger.Level {
        switch finding.kind {
        case .damaged: .error
        case .truncated, .deleted, .rebuilt: .warning
        case .ignored: .notice
        case .recovered: .info
        }
    }

    private func open(
        _ directories: LogDirectories, _ store: FileMetadataStore
    ) throws -> BrokerStorage {
        let live = LiveSettings(settings)
        live.update(from: store.image)
        let logs = try load(directories, store.image, live.current)
        let plan = Reconciliation(
            image: store.image, isNew: store.isNew,
            wasClean: directories.all.allSatisfy(\.wasCleanShutdown), nodeID: settings.nodeID,
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
        let kept = try separate(logs, plan, directories)
        var changes = plan.changes + (store.isNew ? BrokerStartup.producerIDs(logs) : [])
        let more = directories.all.dropFirst().map(\.path)
        if store.image.logDirectories != more { changes.append(.setLogDirectories(more)) }
        if store.isNew || !changes.isEmpty { try store.apply(changes) }
        let storage = try makeStorage(directories, store, live, Array(kept.values))
        do {
            try serve(kept, storage)
            try createInitialTopics(storage)
        } catch {
            storage.close()
            throw error
        }
        return storage
    }

    private func load(
        _ directories: LogDirectories, _ image: ClusterImage, _ settings: BrokerSettings
    ) throws -> [PartitionLog] {
        try checkPlaces(directories)
        var logs: [PartitionLog] = []
        for directory in directories.all {
            logs += try directory.loadAll(threads: BrokerStartup.loadingThreads) { partition in
                let topic = image.topics[partition.topic]
                var log = TopicSettings(overrides: topic?.configs ?? [:], broker: settings).log
                // Of another broker's topic nobody knows: gaps in it must not cost the rest.
                if topic == nil { log.isCompacted = true }
                return log
            } onProgress: {
                options.onLoadProgress($0)
            }
        }
        return logs
    }

    /// Nobody can tell which one of two logs of a partition is right. Looked at before anything is
    /// loaded, which changes files.
    private func checkPlaces(_ directories: LogDirectories) throws {
        guard directories.all.count > 1 else { return }
        var places: [TopicPartition: String] = [:]
        for directory in directories.all {
            for partition in try directory.partitions() {
                guard let other = places.updateValue(directory.path, forKey: partition) else {
                    continue
                }
                throw BrokerError.storage(
                    reason: "partition \(partition) lies in \(other) and in \(directory.path): "
                        + "move its directory out of one of the two and start again")
            }
        }
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
        _ directories: LogDirectories, _ store: FileMetadataStore, _ live: LiveSettings,
        _ logs: [PartitionLog]
    ) throws(LogError) -> BrokerStorage {
        let cleaners = try LogCleaners(
            directories, logs: logs, options: live.current.cleaner.options)
        let flushQueue = FlushQueue()
        let table = TopicTable()
        let storageEvents = StorageEvents(logger: logger)
        let factory = PartitionFactory(
            eventLoops: eventLoops, flushQueue: flushQueue,
            flushPolicy: FlushPolicy(sync: options.sync), storageEvents: storageEvents)
        let controller = TopicController(
            settings: live, store: store, table: table, directories: directories,
            cleaners: cleaners, factory: factory, thread: thread, clock: .system, logger: logger)
        return BrokerStorage(
            settings: live, directories: directories, store: store, table: table,
            controller: controller,
            logStarts: LogStartKeeper(
                directories: directories, thread: thread, storageEvents: storageEvents,
                clock: .system),
            flushQueue: flushQueue, thread: thread, cleaners: cleaners, logger: logger)
    }

    /// Takes the logs of no known topic out of the way.
    private func separate(
        _ logs: [PartitionLog], _ plan: Reconciliation, _ directories: LogDirectories
    ) throws(LogError) -> [TopicPartition: PartitionLog] {
        var kept: [TopicPartition: PartitionLog] = [:]
        for log in logs {
            let directory = directories.directory(at: log.logDirectoryPath)
            if log.topic == TopicName.clusterMetadata { continue }
            if plan.deleted.contains(log.topicPartition) {
                logger.info("completing the deletion of \(log.directoryPath)")
                try directory.deleteLog(log)
            } else if plan.strays.contains(log.topicPartition) {
                logger.warning("\(log.directoryPath) belongs to no topic: set aside as -stray")
                try directory.setAside(log)
            } else {
                kept[log.topicPartition] = log
            }
        }
        directories.adopt(Array(kept.values))
        return kept
    }

    private func serve(
        _ kept: [TopicPartition: PartitionLog], _ storage: BrokerStorage
    ) throws(LogError) {
        var logs = kept
        let settings = storage.settings.current
        var missing: [LogDirectory.NewLog] = []
        for image in storage.store.image.topics.values {
            let log = TopicSettings(overrides: image.configs, broker: settings).log
            for number in image.partitions.indices {
                let partition = TopicPartition(topic: image.name, partition: Int32(number))
                if let found = logs[partition] {
                    // It was loaded with those of a topic that nobody knew.
                    found.settings = log
                    continue
                }
                logger.warning("making the missing log of \(partition)")
                missing.append(.init(partition: partition, topicID: image.id, settings: log))
            }
        }
        if !missing.isEmpty {
            for log in try storage.directories.create(missing) { logs[log.topicPartition] = log }
        }
        storage.table.insert(
            storage.store.image.topics.values.map { image in
                storage.controller.makeTopic(
                    image,
                    logs: image.partitions.indices.compactMap { number in
                        logs[TopicPartition(topic: image.name, partition: Int32(number))]
                    })
            })
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
