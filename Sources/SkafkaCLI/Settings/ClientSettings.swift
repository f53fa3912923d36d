internal import KafkaClient
internal import KafkaRecords

/// The settings of client, producer and consumer, by Kafka's and librdkafka's names.
///
/// A value that the precedence is applied to from the weakest source to the strongest: environment,
/// `-F` file, `-X`, flags.
struct ClientSettings: Sendable {
    var bootstrapServers: String?
    var client = ClientConfiguration(bootstrapServers: [])
    var producer = ProducerConfiguration()
    var consumer = ConsumerConfiguration()
    /// Without its id no group is meant.
    var group = GroupConfiguration(groupID: "")
    /// Nil unless it was asked for by name.
    var offsetReset: GroupConfiguration.OffsetReset?
    /// Whether idempotence was asked for by name, so that it cannot be dropped silently.
    var isIdempotenceExplicit = false

    /// Applies one setting.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    mutating func apply(_ name: String, _ value: String) throws(CommandFailure) {
        guard let definition = ClientSettings.byName[name] else {
            let nearest = NearestSetting.of(name)
            throw .usage(
                "unknown setting \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
        }
        guard definition.apply(&self, value) else {
            throw .usage("invalid value '\(value)' of setting \(name); \(definition.expects)")
        }
    }

    /// Applies a `-X` argument.
    mutating func apply(argument: String) throws(CommandFailure) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
            throw .usage("'\(argument)' is no setting; write -X name=value")
        }
        try apply(
            String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }

    /// One setting: its names, how it is applied, and what is told when the value does not fit.
    struct Definition: Sendable {
        let names: [String]
        let expects: String
        /// Gives false when the value does not fit.
        let apply: @Sendable (inout ClientSettings, String) -> Bool
    }

    static let byName: [String: Definition] = Dictionary(
        uniqueKeysWithValues: definitions.flatMap { definition in
            definition.names.map { ($0, definition) }
        })
}
