internal import KafkaClient
internal import KafkaRecords

/// The settings of client, producer and consumer, by Kafka's and librdkafka's names.
///
/// A value that the precedence is applied to from the weakest source to the strongest: profile,
/// `-F` file, `-X`, flags. (The environment names brokers alone; see `BrokerTarget`.)
struct ClientSettings: Sendable {
    var bootstrapServers: String?
    /// Of the profile, which the environment goes before.
    var profileServers: String?
    var security = SecuritySettings()
    /// What is to be said about the settings once there is a logger.
    var notes: [SettingNote] = []
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
    /// - Throws: `CommandFailure` of status `usage`. No secret is in its message.
    mutating func apply(
        _ name: String, _ value: String, from source: SettingSource = .argument
    ) throws(CommandFailure) {
        guard let definition = ClientSettings.byName[name] else {
            // kcat's way to say that librdkafka has it for topics.
            let prefix = "topic."
            let rest = String(name.dropFirst(prefix.count))
            if name.hasPrefix(prefix), ClientSettings.byName[rest] != nil {
                return try apply(rest, value, from: source)
            }
            if ForeignClientSettings.contains(name) {
                return notes.append(SettingNote(withoutEffect: name, from: source))
            }
            let nearest = NearestSetting.of(name)
            throw .usage(
                "unknown setting \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
        }
        guard definition.apply(&self, value) else {
            let shown = definition.isSecret ? "" : " '\(value)'"
            throw .usage("invalid value\(shown) of setting \(name); \(definition.expects)")
        }
    }

    /// Applies a `-X` argument.
    mutating func apply(argument: String) throws(CommandFailure) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
            // What stands behind a blank or a colon may be a secret.
            let name = argument.prefix { $0 != " " && $0 != ":" && $0 != "=" }
            let hint = name == "list" || name == "dump" ? "; 'man skafka' lists them" : ""
            throw .usage("'\(name)' is no setting; write -X name=value\(hint)")
        }
        try apply(
            String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }

    /// One setting: its names, how it is applied, and what is told when the value does not fit.
    struct Definition: Sendable {
        let names: [String]
        let expects: String
        /// Whether the value is not to be shown.
        var isSecret = false
        /// Gives false when the value does not fit.
        let apply: @Sendable (inout ClientSettings, String) -> Bool
    }

    static let byName: [String: Definition] = Dictionary(
        uniqueKeysWithValues: definitions.flatMap { definition in
            definition.names.map { ($0, definition) }
        })
}

/// Something to be said about the settings: a warning, or for those who want to know more.
struct SettingNote: Equatable, Sendable {
    var isWarning: Bool
    var text: String
}

extension SettingNote {
    /// A setting of other clients. In a file that is shared with them it is no surprise.
    init(withoutEffect name: String, from source: SettingSource) {
        switch source {
        case .argument:
            self.init(isWarning: true, text: "setting \(name) has no effect in skafka")
        case .file(let place):
            self.init(isWarning: false, text: "\(place): setting \(name) has no effect in skafka")
        }
    }
}
