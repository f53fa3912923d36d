import KafkaBase
import KafkaLog
import Logging
import NIOCore

/// Makes and deletes topics.
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

    /// Directories of a topic that are made at a time.
    private static let creatingThreads = 8

    private let rules: TopicRules
    private let store: any MetadataStore
    private let table: TopicTable
    private let directory: LogDirectory
    private let cleaner: LogCleaner
    private let factory: PartitionFactory
    private let thread: StorageThread
    private let logger: Logger

    init(
        rules: TopicRules, store: any MetadataStore, table: TopicTable, directory: LogDirectory,
        cleaner: LogCleaner, factory: PartitionFactory, thread: StorageThread, logger: Logger
    ) {
        self.rules = rules
        self.store = store
        self.table = table
        self.directory = directory
        self.cleaner = cleaner
        self.factory = factory
        self.thread = thread
        self.logger = logger
    }

    /// Makes topics, each by itself; the results in the order of the topics.
    ///
    /// - Parameter validateOnly: only tells what would happen.
    func create(
        _ topics: [NewTopic], validateOnly: Bool = false, on eventLoop: any EventLoop
    ) -> EventLoopFuture<[Planned]> {
        thread.run(on: eventLoop) { [self] in createNow(topics, validateOnly: validateOnly) }
    }

    /// Deletes topics, each by itself; the results in the order of the references.
    func delete(
        _ topics: [Reference], on eventLoop: any EventLoop
    ) -> EventLoopFuture<[Deleted]> {
        thread.run(on: eventLoop) { [self] in topics.map(deleteNow) }
    }

    // MARK: On the storage thread

    /// Blocks. The metadata of all topics is written at once.
    func createNow(_ topics: [NewTopic], validateOnly: Bool) -> [Planned] {
        var results = plan(topics)
        guard !validateOnly else { return results }
        let planned = results.compactMap { try? $0.get() }
        guard !planned.isEmpty else { return results }
        do throws(MetadataStoreError) {
            try store.apply(planned.map { .putTopic($0) })
        } catch {
            logger.error("topics cannot be created: \(error)")
            let failure = ApiError(.kafkaStorageError, "\(error)")
            return results.map { result in result.flatMap { _ in .failure(failure) } }
        }
        for (index, result) in results.enumerated() {
            guard case .success(let image) = result else { continue }
            do throws(LogError) {
                table.insert([try makeTopic(image)])
            } catch {
                logger.error("topic \(image.name) cannot be created: \(error)")
                try? store.apply([.deleteTopic(name: image.name)])
                results[index] = .failure(ApiError(error.errorCode, "\(error)"))
            }
        }
        return results
    }

    private func plan(_ topics: [NewTopic]) -> [Planned] {
        var image = store.image
        var partitionCount = 0
        return topics.map { topic in
            do throws(ApiError) {
                let planned = try rules.plan(topic, in: image)
                partitionCount += planned.partitions.count
                guard partitionCount <= TopicRules.maxPartitionsPerRequest else {
                    throw ApiError(
                        .policyViolation, "Excessively large number of partitions per request.")
                }
                image.insert(planned)
                return .success(planned)
            } catch {
                return .failure(error)
            }
        }
    }

    /// Makes the directories of a topic. What was made goes again when it throws.
    private func makeTopic(_ image: TopicImage) throws(LogError) -> Topic {
        let settings = TopicSettings(overrides: image.configs, broker: rules.settings)
        let directory = directory
        let results = ParallelWork.map(
            count: image.partitions.count, threads: TopicController.creatingThreads
        ) { number throws(LogError) in
            try directory.createLog(
                TopicPartition(topic: image.name, partition: Int32(number)), topicID: image.id,
                settings: settings.log)
        }
        let logs = results.compactMap { try? $0?.get() }
        for case .failure(let error) in results {
            for log in logs { try? directory.deleteLog(log) }
            throw error
        }
        return makeTopic(image, logs: logs, settings: settings)
    }

    /// Serves logs that exist, by partition number.
    func makeTopic(_ image: TopicImage, logs: [PartitionLog], settings: TopicSettings) -> Topic {
        let partitions = logs.enumerated().map { number, log in
            factory.makePartition(log, of: image, number: Int32(number), settings: settings)
        }
        return Topic(image: image, settings: settings, partitions: partitions)
    }

    /// Blocks, also for the partitions' event loops to let go.
    private func deleteNow(_ reference: Reference) -> Deleted {
        guard rules.settings.deleteTopicEnable else {
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
        do throws(MetadataStoreError) {
            try store.apply([.deleteTopic(name: topic.name)])
        } catch {
            logger.error("topic \(topic.name) cannot be deleted: \(error)")
            return .failure(ApiError(.kafkaStorageError, "\(error)"))
        }
        table.remove(topic)
        for partition in topic.partitions { deleteLog(of: partition) }
        return .success(topic.image)
    }

    private func deleteLog(of partition: Partition) {
        do {
            let log = try partition.eventLoop.submit { partition.retire() }.wait()
            // A topic of the same name must not take its place before. On a full disk the
            // checkpoint is written later: deleting is what makes room.
            do throws(LogError) {
                try cleaner.forget(partition.name)
            } catch {
                logger.error("the cleaner's checkpoint cannot be written: \(error)")
            }
            try directory.deleteLog(log)
        } catch {
            logger.error("the directory of \(partition.name) is left behind: \(error)")
        }
    }
}
