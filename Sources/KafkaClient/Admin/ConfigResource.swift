/// What has settings of its own.
public enum ConfigResource: Hashable, Sendable {
    case topic(String)
    case broker(Int32)
    /// What holds for all brokers that say nothing else.
    case brokerDefaults
    /// Levels of a broker's log, by logger.
    case brokerLogger(Int32)
    /// A subscription to clients' metrics (KIP-714).
    case clientMetrics(String)
    /// KIP-848
    case group(String)

    /// Its kind, by Kafka's `ConfigResource.Type` numbers.
    public enum Kind: Int8, Sendable, CaseIterable {
        case topic = 2
        case broker = 4
        case brokerLogger = 8
        case clientMetrics = 16
        case group = 32
    }

    public var kind: Kind {
        switch self {
        case .topic: .topic
        case .broker, .brokerDefaults: .broker
        case .brokerLogger: .brokerLogger
        case .clientMetrics: .clientMetrics
        case .group: .group
        }
    }

    /// Empty for `brokerDefaults`.
    public var name: String {
        switch self {
        case .topic(let name), .clientMetrics(let name), .group(let name): name
        case .broker(let id), .brokerLogger(let id): "\(id)"
        case .brokerDefaults: ""
        }
    }

    /// Nil when the name is no number but has to be one.
    public init?(_ kind: Kind, _ name: String) {
        switch kind {
        case .topic: self = .topic(name)
        case .clientMetrics: self = .clientMetrics(name)
        case .group: self = .group(name)
        case .broker where name.isEmpty: self = .brokerDefaults
        case .broker, .brokerLogger:
            guard let id = Int32(name) else { return nil }
            self = kind == .broker ? .broker(id) : .brokerLogger(id)
        }
    }

    /// Its number on the wire.
    var type: Int8 { kind.rawValue }

    /// The broker that alone knows of it; nil for any.
    public var broker: Int32? {
        switch self {
        case .broker(let id), .brokerLogger(let id): id
        case .topic, .brokerDefaults, .clientMetrics, .group: nil
        }
    }
}

extension ConfigResource: CustomStringConvertible {
    /// `topic orders`, `broker 0`
    public var description: String {
        switch self {
        case .topic(let name): "topic \(name)"
        case .broker(let id): "broker \(id)"
        case .brokerDefaults: "all brokers"
        case .brokerLogger(let id): "the loggers of broker \(id)"
        case .clientMetrics(let name): "client metrics \(name)"
        case .group(let name): "group \(name)"
        }
    }
}
