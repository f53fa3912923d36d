internal import KafkaClient

/// What `compare` was asked for, checked.
struct ComparePlan: Sendable {
    /// What of a record is compared, and how.
    struct Rules: Sendable {
        var comparesLast = false
        var ignoresOrder = false
        var comparesHeaders = false
        var comparesTimestamps = false
    }

    let topic: String
    let otherTopic: String
    let partitions: PartitionList?
    let from: OffsetPoint
    let to: OffsetPoint
    let rules: Rules
    let maxDifferences: Int
    let options: GlobalOptions
    let settings: ClientSettings
    let otherOptions: GlobalOptions
    let otherSettings: ClientSettings
    let isOneCluster: Bool

    /// More than are worth naming one by one.
    private static let maxNamed = 100_000

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ command: CompareCommand) throws(CommandFailure) {
        options = command.global
        isOneCluster = !command.other.isGiven
        let names = command.topicOptions + command.words
        guard let first = names.first, !names.contains("") else {
            throw .usage("no topic given; see 'skafka compare --help'")
        }
        guard names.count == 2 || (names.count == 1 && !isOneCluster) else {
            throw .usage("two topics are compared; see 'skafka compare --help'")
        }
        topic = first
        otherTopic = names.last ?? first
        if isOneCluster, topic == otherTopic { throw .usage("that is the same topic twice") }
        partitions = try command.partitions.map { text throws(CommandFailure) in
            try PartitionList.parse(text)
        }
        let range = try OffsetRange(options: command.offsets)
        from = range.from ?? .beginning
        to = range.to ?? .end
        rules = Rules(
            comparesLast: command.last, ignoresOrder: command.ignoreOrder,
            comparesHeaders: command.headers, comparesTimestamps: command.timestamps)
        guard (0...ComparePlan.maxNamed).contains(command.maxDifferences) else {
            throw .usage("--max-differences is a number up to \(ComparePlan.maxNamed)")
        }
        maxDifferences = command.maxDifferences
        settings = try ClientSettings.load(command.global)
        (otherOptions, otherSettings) = try command.other.resolve(like: command.global)
    }
}
