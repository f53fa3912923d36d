import KafkaBase
import KafkaLog
import Logging
import NIOCore

/// Makes, changes and deletes topics.
///
/// Any thread may call; the changes happen on the storage thread, one after the other. A topic is
/// in the metadata before its directories are made, and gone from there before they go: what a
/// crash leaves in between, the next start puts right.
final class TopicController: Sendable {
    typealias Planned = Result<TopicImage, ApiError>
    typealias Deleted = Result<TopicImage, ApiError>

    /// What names a topic to be deleted.
    enum Reference: Sendable, Equatable {
        case name(String)
        case id(Uuid)
    }

    let settings: LiveSettings
    let store: any MetadataStore
    let table: TopicTable
    let thread: StorageThread
    let logger: Logger
    private let directories: LogDirectories
    private let cleaners: LogCleaners
    private let factory: PartitionFactory
    private let clock: KafkaClock

    init(
        settings: LiveSettings, store: any MetadataStore, table: TopicTable,
        directories: LogDirectories, cleaners: LogCleaners, factory: PartitionFactory,
        thread: StorageThread, clock: KafkaClock, logger: Logger
    ) {
        self.settings = settings
        self.store = store
        self.table = table
        self.directories = directories
        self.cleaners = cleaners
        self.factory = factory
        self.thread = thread
        self.clock = clock
        self.logger = logger
    }

    /// Makes topics, each by itself; the results in the order of the topics.
    ///
    /// - Parameters:
    ///   - validateOnly: only tells what would happen.
    ///   - quota: the client's, of partitions that it may have made and deleted.
    func create(
        _ topics: [NewTopic], validateOnly: Bool = false, quota: MutationQuota? = nil,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<[Planned]> {
        thread.run(on: eventLoop) { [self] in
            createNow(topics, validateOnly: validateOnly, quota: quota)
        }
    }

    /// Deletes topics, each by itself; the results in the order of the references.
    func delete(
        _ topics: [Reference], quota: MutationQuota? = nil, on eventLoop: any EventLoop
    ) -> EventLoopFuture<[Deleted]> {
        thread.run(on: eventLoop) { [self] in topics.map { deleteNow($0, quota) } }
    }

    // MARK: On the storage thread

    /// Blocks. The metadata of all topics is written at once, and their logs are made at once.
    func createNow(
        _ topics: [NewTopic], validateOnly: Bool, quota: MutationQuota? = nil
    ) -> [Planned] {
        let results = plan(topics, quota)
        let planned = results.compactMap { try? $0.get() }
        guard !validateOnly, !planned.isEmpty else { return results }
        do throws(MetadataStoreError) {
            try store.apply(planned.map { .putTopic($0) })
        } catch {
            logger.error("topics cannot be created: \(error)")
            let failure = ApiError(.kafkaStorageError, "\(error)")
            return results.map { result in result.flatMap { _ in .failure(failure) } }
        }
        if let made = try? makeTopics(planned) {
            table.insert(made)
            planned.forEach(logCreated)
            return results
        }
        return results.map { result in result.flatMap(makeAlone) }
    }

    private func plan(_ topics: [NewTopic], _ quota: MutationQuota?) -> [Planned] {
        var image = store.image
        var partitionCount = 0
        let rules = TopicRules(settings: settings.current)
        return topics.map { topic in
            do throws(ApiError) {
                let planned = try rules.plan(topic, in: image)
                partitionCount += planned.partitions.count
                guard partitionCount <= TopicRules.maxPartitionsPerRequest else {
                    throw ApiError(
                        .policyViolation, "Excessively large number of partitions per request.")
                }
                try quota?.take(planned.partitions.count)
                image.insert(planned)
                return .success(planned)
            } catch {
                return .failure(error)
            }
        }
    }

    /// Where not all can be made together, each is tried.
    private func makeAlone(_ image: TopicImage) -> Planned {
        do throws(LogError) {
            table.insert(try makeTopics([image]))
            logCreated(image)
            return .success(image)
        } catch {
            logger.error("topic \(image.name) cannot be created: \(error)")
            try? store.apply([.deleteTopic(name: image.name), .forgetDeleted([image.id])])
            return .failure(ApiError(error.errorCode, "\(error)"))
        }
    }

    private func logCreated(_ image: TopicImage) {
        logger.info(
            "topic created",
            metadata: [
                "topic": "\(image.name)", "id": "\(image.id)",
                "partitions": "\(image.partitions.count)",
            ])
    }

    /// Makes the directories of topics. What was made goes again when it throws.
    private func makeTopics(_ images: [TopicImage]) throws(LogError) -> [Topic] {
        var logs = try makeLogs(of: images.map { ($0, from: 0) })[...]
        return images.map { image in
            let own = logs.prefix(image.partitions.count)
            logs = logs.dropFirst(own.count)
            return makeTopic(image, logs: Array(own))
        }
    }

    /// Makes the logs of the topics' partitions from a number on, topic by topic.
    func makeLogs(
        of topics: [(image: TopicImage, from: Int)]
    ) throws(LogError) -> [PartitionLog] {
        let broker = settings.current
        return try directories.create(
            topics.flatMap { image, first in
                let log = TopicSettings(overrides: image.configs, broker: broker).log
                return (first..<image.partitions.count).map { number in
                    LogDirectory.NewLog(
                        partition: TopicPartition(topic: image.name, partition: Int32(number)),
                        topicID: image.id, settings: log)
                }
            })
    }

    /// Serves logs that exist, by partition number.
    func makeTopic(_ image: TopicImage, logs: [PartitionLog]) -> Topic {
        let settings = TopicSettings(overrides: image.configs, broker: settings.current)
        let partitions = logs.enumerated().map { number, log in
            factory.makePartition(log, of: image, number: Int32(number), settings: settings)
        }
        return Topic(image: image, settings: settings, partitions: partitions)
    }

    /// The same topic with the logs of further partitions.
    func extend(_ topic: Topic, to image: TopicImage, logs: [PartitionLog]) -> Topic {
        let added = logs.map { log in
            factory.makePartition(
                log, of: image, number: log.partition, settings: topic.settings)
        }
        return Topic(
            image: image, settings: topic.settings, partitions: topic.partitions + added)
    }

    /// Blocks, also for the partitions' event loops to let go.
    private func deleteNow(_ reference: Reference, _ quota: MutationQuota?) -> Deleted {
        guard settings.current.deleteTopicEnable else {
            return .failure(ApiError(.topicDeletionDisabled, "Topic deletion is disabled."))
        }
        let snapshot = table.snapshot
        let topic =
            switch reference {
            case .name(let name): snapshot.topic(name)
            case .id(let id): snapshot.topic(id)
            }
        guard let topic else {
            if case .id = reference {
                return .failure(
                    ApiError(.unknownTopicId, "This server does not host this topic ID."))
            }
            return .failure(
                ApiError(
                    .unknownTopicOrPartition, "This server does not host this topic-partition."))
        }
        do throws(ApiError) {
            try quota?.take(topic.partitions.count)
        } catch {
            return .failure(error)
        }
        do throws(MetadataStoreError) {
            let done = directories.takeDeletedTopics()
            try store.apply([.deleteTopic(name: topic.name), .forgetDeleted(done)])
        } catch {
            logger.error("topic \(topic.name) cannot be deleted: \(error)")
            return .failure(ApiError(.kafkaStorageError, "\(error)"))
        }
        table.remove(topic)
        deleteLogs(of: topic)
        logger.info("topic deleted", metadata: ["topic": "\(topic.name)", "id": "\(topic.id)"])
        return .success(topic.image)
    }

    private func deleteLogs(of topic: Topic) {
        let logs = try? topic.partitions.onTheirLoops { partitions in
            partitions.map { $0.retire() }
        }
        // A topic of the same name must not take their places before. On a full disk the
        // checkpoint is written later: deleting is what makes room.
        for partition in topic.partitions {
            do throws(LogError) {
                try cleaners.forget(partition.name)
            } catch {
                logger.error("the cleaner's checkpoint cannot be written: \(error)")
            }
        }
        let errors = directories.delete(
            logs ?? [], nowMs: clock.nowMs, delayMs: topic.settings.log.fileDeleteDelayMs)
        for error in errors {
            logger.error("topic \(topic.name) is deleted, its directory is left behind: \(error)")
        }
        // Until then a crash could leave directories that nobody knows the reason of.
        if logs != nil, errors.isEmpty { directories.noteDeletedTopic(topic.id) }
    }
}
