internal import KafkaClient

/// What `copy` was asked for, checked.
struct CopyPlan: Sendable {
    /// Where a copy keeps how far it has come.
    enum Keeping: Equatable, Sendable {
        case nowhere
        /// As a group's offsets, in the source's cluster.
        case group(String)
        /// As a group's offsets in the destination's cluster, as part of the transactions.
        case transactions(group: String)

        var group: String? {
            switch self {
            case .nowhere: nil
            case .group(let group), .transactions(let group): group
            }
        }
    }

    let sources: [String]
    let isRegex: Bool
    /// `%t` in it stands for the source's name.
    let rename: String
    let partitions: PartitionList?
    /// Nil is where the last copy came to, or the beginning.
    let from: OffsetPoint?
    /// Nil with `--follow`.
    let to: OffsetPoint?
    let keeping: Keeping
    let repartitions: Bool
    let partitionCount: Int32?
    let replicationFactor: Int16
    let configs: [(name: String, value: String)]
    let creates: Bool
    let isDryRun: Bool
    let options: GlobalOptions
    let settings: ClientSettings
    /// The destination's; the source's own where it is in the same cluster.
    let otherOptions: GlobalOptions
    let otherSettings: ClientSettings
    let isOneCluster: Bool

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ command: CopyCommand) throws(CommandFailure) {
        options = command.global
        isOneCluster = !command.other.isGiven
        let names = try CopyPlan.names(command)
        (sources, rename) = (names.sources, names.rename)
        isRegex = command.regex
        partitions = try command.partitions.map { text throws(CommandFailure) in
            try PartitionList.parse(text)
        }
        let range = try OffsetRange(options: command.offsets)
        from = range.from
        if command.follow, range.to != nil { throw .usage("--follow has no end, but -o has one") }
        to = command.follow ? nil : range.to ?? .end
        keeping = try CopyPlan.keeping(command)
        repartitions = command.repartition
        guard command.partitionCount ?? 1 > 0, command.replicationFactor ?? 1 > 0 else {
            throw .usage("partitions and replicas are numbers from 1")
        }
        if command.partitionCount != nil, !command.repartition {
            throw .usage("--partitions needs --repartition, as other partitions change the order")
        }
        partitionCount = command.partitionCount
        replicationFactor = command.replicationFactor ?? -1
        configs = try command.configs.map { text throws(CommandFailure) in
            try TopicSetting.parse(text)
        }
        creates = !command.noCreate
        isDryRun = command.dryRun
        settings = try ClientSettings.load(command.global)
        var other: ClientSettings
        (otherOptions, other) = try command.other.resolve(like: command.global)
        if let compression = command.compression { other.producer.compression = compression }
        if let id = command.transactionalId { other.producer.transactionalID = id }
        try other.settleProducer()
        otherSettings = other
        if !isRegex {
            for source in sources { try checkApart(source) }
        }
    }

    private static func names(
        _ command: CopyCommand
    ) throws(CommandFailure) -> (sources: [String], rename: String) {
        let hasSeveral = command.regex || command.topicOptions.count > 1 || command.rename != nil
        var words = command.words[...]
        var sources = command.topicOptions
        if hasSeveral {
            sources += words
            words = []
        } else if sources.isEmpty, let first = words.popFirst() {
            sources = [first]
        }
        guard !sources.isEmpty, !sources.contains("") else {
            throw .usage("no topic given; see 'skafka copy --help'")
        }
        guard words.count <= 1 else {
            throw .usage("one topic and its name there; several topics are named with -t")
        }
        guard let rename = command.rename else { return (sources, words.first ?? "%t") }
        if sources.count > 1 || command.regex, !rename.contains("%t") {
            throw .usage("--rename needs %t in it, so that the topics keep apart")
        }
        return (sources, rename)
    }

    private static func keeping(_ command: CopyCommand) throws(CommandFailure) -> Keeping {
        if command.group == "" || command.transactionalId == "" {
            throw .usage("-g and --transactional-id need a name")
        }
        if let id = command.transactionalId {
            return .transactions(group: command.group ?? id)
        }
        return command.group.map { .group($0) } ?? .nowhere
    }

    /// - Throws: `CommandFailure` of status `usage` for a topic that would be copied to itself.
    func checkApart(_ source: String) throws(CommandFailure) {
        if isOneCluster, destination(of: source) == source { throw CopyPlan.isSameTopic }
    }

    static let isSameTopic = CommandFailure.usage(
        "source and destination are the same; name the destination, or another cluster with "
            + "--to-bootstrap-server or --to-data-dir")

    /// What a topic is called at the destination.
    func destination(of source: String) -> String {
        rename.split(separator: "%t", omittingEmptySubsequences: false).joined(separator: source)
    }
}
