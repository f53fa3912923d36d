internal import KafkaBroker
internal import KafkaClient

/// Names that are not in the definition of the commands.
///
/// Asked on a thread that may block, for `LiveQuery.timeLimitMs` at most. Whatever goes wrong,
/// there are simply no names.
enum LiveNames: Sendable {
    case topics
    case groups
    case topicSettings
    case topicSettingNames
    case settings
    case topicThenFiles
    /// A kind of things that have settings, then their names.
    case configResources
    case profiles

    /// The shell that asks, whose connections are warm; nil in a program that only completes.
    @TaskLocal static var shell: CommandContext?

    /// - Parameters:
    ///   - words: of the command line, as they were typed.
    ///   - index: which of them is completed.
    ///   - prefix: what of it stands before the cursor.
    func candidates(_ words: [String], at index: Int, prefix: String) -> [String] {
        switch self {
        case .topics:
            let names = LiveQuery(words, without: index).topics()
            // Kafka's own are seldom meant.
            return names.filter { prefix.hasPrefix("_") || !$0.hasPrefix("__") }
        case .groups: return LiveQuery(words, without: index).groups()
        case .topicSettings: return LiveNames.settings(TopicSettings.definitions, prefix)
        case .topicSettingNames: return TopicSettings.definitions.map(\.name)
        case .settings:
            return words.dropFirst().prefix(index).contains("broker")
                ? LiveNames.settings(BrokerSettings.definitions, prefix)
                : ClientSettings.byName.keys.sorted().map { "\($0)=" }
        case .configResources:
            let before = words.prefix(index)
            if before.contains("group") { return LiveQuery(words, without: index).groups() }
            let topics = LiveNames.topics.candidates(words, at: index, prefix: prefix)
            let kinds = ConfigResource.Kind.allCases.map(\.word)
            return before.contains("topic") ? topics : kinds + topics
        case .profiles: return LiveNames.profiles()
        case .topicThenFiles:
            let topics = LiveNames.topics.candidates(words, at: index, prefix: prefix)
            return topics + FileNames.beginning(with: prefix, directoriesOnly: false)
        }
    }

    private static func profiles() -> [String] {
        guard let path = ProfileFile.usualPath(ClientSettings.variable),
            let text = try? PropertiesFile.text(of: path),
            let file = try? ProfileFile(text, path: path)
        else { return [] }
        return file.names
    }

    /// `NAME=`, and behind that the words that the setting takes.
    private static func settings(_ definitions: [SettingDefinition], _ prefix: String) -> [String] {
        guard let equals = prefix.firstIndex(of: "="),
            let definition = definitions.first(where: { $0.name == prefix[..<equals] })
        else { return definitions.map { "\($0.name)=" } }
        let values: [String] =
            switch definition.constraint {
            case .oneOf(let words): words
            default: definition.type == .boolean ? ["false", "true"] : []
            }
        return values.map { "\(definition.name)=\($0)" }
    }
}
