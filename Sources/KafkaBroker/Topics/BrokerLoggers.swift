import KafkaBase
import Logging

/// The broker's loggers as a resource with settings (KIP-412, Kafka's `RuntimeLoggerManager`): a
/// level each. There is one, of the name that Kafka's tools know. Levels hold until the broker
/// ends.
///
/// Any thread.
struct BrokerLoggers: Sendable {
    static let root = "root"

    let nodeID: Int32
    let threshold: LogThreshold

    private static let levels: KeyValuePairs<String, Logger.Level> = [
        "DEBUG": .debug, "ERROR": .error, "FATAL": .critical, "INFO": .info, "TRACE": .trace,
        "WARN": .warning,
    ]

    /// The root's, in Kafka's words.
    var level: String {
        let level = threshold.level == .notice ? .warning : threshold.level
        return BrokerLoggers.levels.first { $0.value == level }?.key ?? "INFO"
    }

    /// Changes levels, all or none.
    func alter(
        _ broker: String, _ changes: [ConfigAlteration.Change], validateOnly: Bool
    ) throws(ApiError) {
        guard let id = Int32(broker) else {
            throw ApiError(.invalidRequest, "Node id must be an integer, but it is: \(broker)")
        }
        guard id == nodeID else {
            throw ApiError(
                .invalidRequest, "Unexpected node id. Expected \(nodeID), but received \(id)")
        }
        var wanted: Logger.Level?
        for change in changes { wanted = try level(wantedBy: change) }
        if let wanted, !validateOnly { threshold.level = wanted }
    }

    private func level(
        wantedBy change: ConfigAlteration.Change
    ) throws(ApiError) -> Logger.Level {
        switch change.operation {
        case .append, .subtract:
            let operation = change.operation == .append ? "APPEND" : "SUBTRACT"
            throw ApiError(
                .invalidRequest,
                "\(operation) operation is not allowed for the BROKER_LOGGER resource")
        case .set, .delete:
            guard change.name == BrokerLoggers.root else {
                throw ApiError(.invalidConfig, "Logger \(change.name) does not exist!")
            }
        }
        guard change.operation == .set, let value = change.value else {
            throw ApiError(
                .invalidRequest, "Removing the log level of the root logger is not allowed")
        }
        guard let level = BrokerLoggers.levels.first(where: { $0.key == value })?.value else {
            let known = BrokerLoggers.levels.map(\.key).joined(separator: ", ")
            throw ApiError(
                .invalidConfig,
                "Cannot set the log level of root to \(value) as it is not a supported log level. "
                    + "Valid log levels are \(known)")
        }
        return level
    }
}
