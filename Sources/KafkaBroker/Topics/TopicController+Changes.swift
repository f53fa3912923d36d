import KafkaBase
import KafkaLog
import Logging
import NIOCore

extension TopicController {
    /// A topic that is to have more partitions.
    struct Increase: Sendable {
        var name: String
        /// With those that there are.
        var count: Int32
        /// Brokers of each new partition; nil when the broker chooses.
        var assignments: [[Int32]]?
    }

    // MARK: Partitions

    /// Adds partitions to topics, each by itself; nil where that was done.
    func addPartitions(
        _ increases: [Increase], validateOnly: Bool, quota: MutationQuota? = nil,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<[ApiError?]> {
        thread.run(on: eventLoop) { [self] in
            increases.map { addPartitionsNow($0, validateOnly: validateOnly, quota) }
        }
    }

    /// Blocks: on the storage thread.
    private func addPartitionsNow(
        _ increase: Increase, validateOnly: Bool, _ quota: MutationQuota?
    ) -> ApiError? {
        do throws(ApiError) {
            let image = try TopicRules(settings: settings.current).plan(
                increase.name, count: increase.count, assignments: increase.assignments,
                in: store.image)
            let old = store.image.topics[increase.name]?.partitions.count ?? 0
            try quota?.take(image.partitions.count - old)
            guard !validateOnly else { return nil }
            guard let topic = table.snapshot.topic(increase.name) else {
                throw ApiError(.unknownTopicOrPartition)
            }
            try apply([.putTopic(image)], "partitions cannot be added to \(topic.name)")
            do throws(LogError) {
                let logs = try makeLogs(of: [(image, from: topic.partitions.count)])
                table.insert([extend(topic, to: image, logs: logs)])
                logger.info(
                    "partitions added",
                    metadata: [
                        "topic": "\(topic.name)", "partitions": "\(image.partitions.count)",
                    ])
            } catch {
                logger.error("partitions cannot be added to \(topic.name): \(error)")
                try? store.apply([.putTopic(topic.image)])
                throw ApiError(error.errorCode, "\(error)")
            }
            return nil
        } catch {
            return error
        }
    }

    private func apply(_ changes: [MetadataChange], _ failure: String) throws(ApiError) {
        do throws(MetadataStoreError) {
            try store.apply(changes)
        } catch {
            logger.error("\(failure): \(error)")
            throw ApiError(.kafkaStorageError, "\(error)")
        }
    }

    // MARK: Settings

    /// Changes settings of topics and of the broker, each resource by itself; nil where that was
    /// done. They hold for every request that comes behind the result.
    func alter(
        _ alterations: [ConfigAlteration], validateOnly: Bool, on eventLoop: any EventLoop
    ) -> EventLoopFuture<[ApiError?]> {
        thread.run(on: eventLoop) { [self] in alterNow(alterations, validateOnly: validateOnly) }
    }

    /// Blocks: on the storage thread. The metadata is written once.
    private func alterNow(_ alterations: [ConfigAlteration], validateOnly: Bool) -> [ApiError?] {
        var changes: [MetadataChange] = []
        let image = store.image
        let rules = ConfigRules(settings: settings.current)
        let errors = alterations.map { alteration -> ApiError? in
            do throws(ApiError) {
                changes.append(try change(alteration, rules, in: image))
                return nil
            } catch {
                return error
            }
        }
        guard !validateOnly, !changes.isEmpty else { return errors }
        do throws(ApiError) {
            try apply(changes, "settings cannot be changed")
        } catch {
            return errors.map { $0 ?? error }
        }
        settings.update(from: store.image)
        takeOver(changes)
        changes.forEach(logChanged)
        return errors
    }

    private func logChanged(_ change: MetadataChange) {
        func text(_ configs: [String: String]) -> Logger.MetadataValue {
            let settings = configs.map { "\($0.key)=\($0.value)" }.sorted()
            return "\(settings.joined(separator: ","))"
        }
        switch change {
        case .putTopic(let image):
            logger.info(
                "topic settings changed",
                metadata: ["topic": "\(image.name)", "settings": text(image.configs)])
        case .setBrokerConfigs(let broker, let configs):
            logger.info(
                "broker settings changed",
                metadata: ["broker": "\(broker)", "settings": text(configs)])
        default: break
        }
    }

    private func change(
        _ alteration: ConfigAlteration, _ rules: ConfigRules, in image: ClusterImage
    ) throws(ApiError) -> MetadataChange {
        switch alteration.resource {
        case .topic(let name):
            let current = image.topics[name]
            let configs = try rules.topicConfigs(alteration, current: current?.configs ?? [:])
            guard var topic = current else {
                throw ApiError(
                    .unknownTopicOrPartition, "The topic '\(name)' does not exist.")
            }
            topic.configs = configs
            return .putTopic(topic)
        case .broker(let name):
            return .setBrokerConfigs(
                broker: name,
                try rules.brokerConfigs(alteration, current: image.brokerConfigs[name] ?? [:]))
        case .group(let name):
            return .setGroupConfigs(
                group: name,
                try rules.groupConfigs(alteration, current: image.groupConfigs[name] ?? [:]))
        case .clientMetrics(let name):
            return .setClientMetricsConfigs(
                subscription: name,
                try rules.clientMetricsConfigs(
                    alteration, current: image.clientMetricsConfigs[name] ?? [:]))
        }
    }

    /// Brings changed settings to the topics and their partitions.
    private func takeOver(_ changes: [MetadataChange]) {
        let broker = settings.current
        let snapshot = table.snapshot
        var changed: [String: TopicImage] = [:]
        for change in changes {
            switch change {
            case .putTopic(let image): changed[image.name] = image
            case .setBrokerConfigs:
                for topic in snapshot.byName.values where changed[topic.name] == nil {
                    changed[topic.name] = topic.image
                }
            default: continue
            }
        }
        let topics = changed.compactMap { name, image in
            snapshot.topic(name).map { topic in
                Topic(
                    image: image,
                    settings: TopicSettings(overrides: image.configs, broker: broker),
                    partitions: topic.partitions)
            }
        }
        table.insert(topics)
        let settings = Dictionary(uniqueKeysWithValues: topics.map { ($0.name, $0.settings) })
        _ = try? topics.flatMap(\.partitions).onTheirLoops { partitions -> [Void] in
            for partition in partitions {
                if let settings = settings[partition.name.topic] { partition.update(settings) }
            }
            return []
        }
    }
}
