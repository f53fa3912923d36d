import KafkaBase
import KafkaLog
import KafkaSecurity

/// Holds the cluster's metadata. All that handlers see of it; a single node keeps it in a file.
protocol MetadataStore: Sendable {
    /// The state at this moment; any thread, one short lock.
    var image: ClusterImage { get }

    /// Makes changes, all or none, durable when this returns, and visible in `image` from then on.
    /// Blocks: to be called on the storage thread, never on an event loop.
    ///
    /// - Throws: `MetadataStoreError`; then nothing has changed.
    func apply(_ changes: [MetadataChange]) throws(MetadataStoreError)
}

/// One change of the metadata.
enum MetadataChange: Sendable, Equatable {
    /// Adds a topic, or replaces the one of the same name.
    case putTopic(TopicImage)
    /// Removes a topic; its id stays known until `forgetDeleted`.
    case deleteTopic(name: String)
    /// The directories of these deleted topics are out of the way.
    case forgetDeleted([Uuid])
    /// The node's directories of logs besides the metadata's.
    case setLogDirectories([String])
    /// The settings of a broker, or of all (`ClusterImage.allBrokers`), that were changed at run
    /// time, as a whole.
    case setBrokerConfigs(broker: String, [String: String])
    /// The settings of a consumer group, as a whole.
    case setGroupConfigs(group: String, [String: String])
    /// A subscription to clients' metrics, as a whole.
    case setClientMetricsConfigs(subscription: String, [String: String])
    /// The levels of all features.
    case setFeatures(Features)
    /// The quotas of all clients.
    case setQuotas(ClientQuotas)
    /// The SCRAM credentials of all users.
    case setCredentials(ScramCredentials)
    case putAcl(Uuid, Acl)
    case removeAcl(Uuid)
    /// Producer ids below this one have been handed out.
    case advanceProducerID(to: Int64)
}

enum MetadataStoreError: Error, Equatable {
    /// The store could not be read or written.
    case storage(LogError)
    /// The stored text is not what this version writes; `line` counts from 1.
    case corrupt(path: String, line: Int, reason: String)
}

extension MetadataStoreError: CustomStringConvertible {
    var description: String {
        switch self {
        case .storage(let error): error.description
        case .corrupt(let path, let line, let reason):
            "\(path), line \(line): \(reason)"
        }
    }
}

extension ClusterImage {
    func applying(_ changes: [MetadataChange]) -> ClusterImage {
        var image = self
        for change in changes {
            switch change {
            case .putTopic(let topic): image.insert(topic)
            case .deleteTopic(let name): image.delete(name: name)
            case .forgetDeleted(let ids): image.forgetDeleted(ids)
            case .setLogDirectories(let paths): image.logDirectories = paths
            case .setBrokerConfigs(let broker, let configs):
                image.setConfigs(configs, broker: broker)
            case .setGroupConfigs(let group, let configs):
                image.setGroupConfigs(configs, group: group)
            case .setClientMetricsConfigs(let subscription, let configs):
                image.setClientMetricsConfigs(configs, subscription: subscription)
            case .setFeatures(let features): image.features = features
            case .setQuotas(let quotas): image.quotas = quotas
            case .setCredentials(let credentials): image.credentials = credentials
            case .putAcl(let id, let acl): image.acls[id] = acl
            case .removeAcl(let id): image.acls[id] = nil
            case .advanceProducerID(let id): image.nextProducerID = max(image.nextProducerID, id)
            }
        }
        return image
    }
}
