internal import KafkaBase
public import KafkaLog
public import KafkaRecords

/// One topic's settings in force: its own, else the broker's, else Kafka's default.
public struct TopicSettings: Sendable {
    /// Where a value comes from (`ConfigSource`, with Kafka's numbers).
    public enum Source: Int8, Sendable {
        case topic = 1
        case dynamicBroker = 2
        case dynamicDefaultBroker = 3
        case staticBroker = 4
        case defaultValue = 5
        case brokerLogger = 6
        case clientMetrics = 7
        case group = 8
    }

    /// A value under the name and from the place that it came from.
    public struct Origin: Sendable, Equatable {
        public var name: String
        /// In the unit of the setting that it is the origin of.
        public var value: String
        public var source: Source
        /// As it was given: in the unit of `name`.
        public var given: String

        /// - Parameter given: nil for the value itself.
        public init(name: String, value: String, source: Source, given: String? = nil) {
            self.name = name
            self.value = value
            self.source = source
            self.given = given ?? value
        }
    }

    /// What the topic itself sets.
    public let overrides: [String: String]
    private let broker: BrokerSettings

    /// Largest batch in bytes (`max.message.bytes`).
    public let maxMessageBytes: Int
    /// Whether records without a key are refused (`cleanup.policy` has `compact`).
    public let isCompacted: Bool
    /// Whether old segments go (`cleanup.policy` has `delete`).
    public let isDeletedByRetention: Bool
    /// Ms that a record's timestamp may lie in the past and in the future.
    public let timestampBeforeMaxMs: Int64
    public let timestampAfterMaxMs: Int64
    /// Whether records get the broker's time (`message.timestamp.type`).
    public let isLogAppendTime: Bool
    /// Codec that records are brought into; nil keeps the producer's (`compression.type`).
    public let compression: Compression?
    /// Records and ms after which the partition is flushed whatever acks asks for.
    public let flushMessages: Int64
    public let flushMs: Int64
    /// Largest segment in bytes; a batch must fit into one.
    public let segmentBytes: Int

    /// - Parameter overrides: validated by `validate`.
    public init(overrides: [String: String], broker: BrokerSettings) {
        self.overrides = overrides
        self.broker = broker
        let value = { (name: String) in
            TopicSettings.definition(of: name).flatMap {
                TopicSettings.origins(of: $0, overrides: overrides, broker: broker).first?.value
            } ?? ""
        }
        maxMessageBytes = Int(value("max.message.bytes")) ?? .max
        let policies = SettingDefinition.elements(of: value("cleanup.policy"))
        isCompacted = policies.contains("compact")
        isDeletedByRetention = policies.contains("delete")
        timestampBeforeMaxMs = Int64(value("message.timestamp.before.max.ms")) ?? .max
        timestampAfterMaxMs = Int64(value("message.timestamp.after.max.ms")) ?? .max
        isLogAppendTime = value("message.timestamp.type") == "LogAppendTime"
        flushMessages = Int64(value("flush.messages")) ?? .max
        flushMs = Int64(value("flush.ms")) ?? .max
        segmentBytes = Int(value("segment.bytes")) ?? 1 << 30
        compression = TopicSettings.compression(value)
    }

    /// Checks what a client wants a topic to set.
    ///
    /// - Throws: `SettingError` for the first, by name, that is unknown or invalid.
    public static func validate(
        _ overrides: [String: String]
    ) throws(SettingError) -> [String: String] {
        var result: [String: String] = [:]
        for (name, text) in overrides.sorted(by: { $0.key < $1.key }) {
            guard let definition = definition(of: name) else {
                throw .unknown(
                    name: name, nearest: NearestName.of(name, among: definitions.map(\.name)))
            }
            result[name] = try definition.validated(text)
        }
        return result
    }

    /// Checks what no setting can be told by itself (Kafka's `LogConfig.validateValues`).
    ///
    /// - Returns: what is wrong, nil if nothing is.
    var conflict: String? {
        if value(of: "remote.storage.enable") == "true" {
            return "Tiered Storage functionality is disabled in the broker. "
                + "Topic cannot be configured with remote log storage."
        }
        let least = number(of: "min.compaction.lag.ms") ?? 0
        let most = number(of: "max.compaction.lag.ms") ?? .max
        guard least > most else { return nil }
        return "conflict topic config setting min.compaction.lag.ms (\(least)) > "
            + "max.compaction.lag.ms (\(most))"
    }

    private static func compression(_ value: (String) -> String) -> Compression? {
        switch value("compression.type") {
        case "producer": return nil
        case "uncompressed": return Compression.none
        case let name:
            let level = Int(value("compression.\(name).level"))
            guard let codec = CompressionCodec.allCases.first(where: { "\($0)" == name }) else {
                return nil
            }
            return Compression(codec: codec, level: level) ?? Compression(codec: codec)
        }
    }

    /// What a partition's log is told.
    public var log: LogSettings {
        var log = LogSettings(
            segmentBytes: segmentBytes, segmentMs: number(of: "segment.ms") ?? .max,
            indexIntervalBytes: Int(number(of: "index.interval.bytes") ?? 4096),
            indexSizeMaxBytes: Int(number(of: "segment.index.bytes") ?? 10 << 20),
            isCompacted: isCompacted)
        log.producerExpirationMs =
            broker.value(of: "producer.id.expiration.ms").flatMap { Int64($0) }
            ?? log.producerExpirationMs
        log.segmentJitterMs = number(of: "segment.jitter.ms") ?? log.segmentJitterMs
        log.isDeletedByRetention = isDeletedByRetention
        log.fileDeleteDelayMs = number(of: "file.delete.delay.ms") ?? log.fileDeleteDelayMs
        log.retentionMs = number(of: "retention.ms") ?? log.retentionMs
        log.retentionBytes = number(of: "retention.bytes") ?? log.retentionBytes
        log.minCleanableDirtyRatio =
            value(of: "min.cleanable.dirty.ratio").flatMap { Double($0) }
            ?? log.minCleanableDirtyRatio
        log.minCompactionLagMs = number(of: "min.compaction.lag.ms") ?? log.minCompactionLagMs
        log.maxCompactionLagMs = number(of: "max.compaction.lag.ms") ?? log.maxCompactionLagMs
        log.deleteRetentionMs = number(of: "delete.retention.ms") ?? log.deleteRetentionMs
        return log
    }

    /// The same topic under another broker's settings.
    func under(_ broker: BrokerSettings) -> TopicSettings {
        TopicSettings(overrides: overrides, broker: broker)
    }

    /// The value in force, as text.
    public func value(of name: String) -> String? {
        TopicSettings.definition(of: name).flatMap { origins(of: $0).first?.value }
    }

    /// The value as a number; nil when the setting has none.
    public func number(of name: String) -> Int64? { value(of: name).flatMap { Int64($0) } }

    /// Everything that gives the setting a value, the one in force first.
    public func origins(of definition: SettingDefinition) -> [Origin] {
        TopicSettings.origins(of: definition, overrides: overrides, broker: broker)
    }

    static func origins(
        of definition: SettingDefinition, overrides: [String: String], source: Source = .topic,
        broker: BrokerSettings
    ) -> [Origin] {
        var origins: [Origin] = []
        if let value = overrides[definition.name] {
            origins.append(Origin(name: definition.name, value: value, source: source))
        }
        for (values, source) in broker.layers {
            for synonym in definition.synonyms {
                guard let value = values[synonym] else { continue }
                origins.append(
                    Origin(
                        name: synonym, value: convert(value, from: synonym), source: source,
                        given: value))
            }
        }
        if let value = definition.defaultValue {
            let name = definition.synonyms.last ?? definition.name
            origins.append(
                Origin(
                    name: name, value: value, source: .defaultValue,
                    given: BrokerSettings.definition(of: name)?.defaultValue))
        }
        return origins
    }

    /// Brings the broker's settings in hours and minutes to the topic's milliseconds.
    private static func convert(_ value: String, from name: String) -> String {
        let factor: Int64 =
            name.hasSuffix(".hours") ? 3_600_000 : name.hasSuffix(".minutes") ? 60_000 : 1
        guard factor > 1, let number = Int64(value) else { return value }
        return number < 0 ? value : String(number * factor)
    }

    private static let definitionsByName = Dictionary(
        uniqueKeysWithValues: definitions.map { ($0.name, $0) })

    static func definition(of name: String) -> SettingDefinition? { definitionsByName[name] }
}
