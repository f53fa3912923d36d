internal import ArgumentParser
internal import KafkaClient

/// What a command shows or changes the settings of: `topic orders`, `broker 0`, `orders`, or
/// options of each kind, those of `kafka-configs` too.
struct ConfigResourceArguments: ParsableArguments {
    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A topic; repeatable.", valueName: "name"),
        completion: .topics)
    var topics: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A broker, or default for what holds for all; repeatable.", valueName: "id"))
    var broker: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A group; repeatable.", valueName: "name"),
        completion: .groups)
    var group: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A subscription to clients' metrics; repeatable.", valueName: "name"))
    var clientMetrics: [String] = []

    @Option(help: .hidden)
    var entityType: String?

    @Option(parsing: .unconditionalSingleValue, help: .hidden)
    var entityName: [String] = []

    @Flag(help: .hidden)
    var entityDefault = false

    @Argument(
        help: ArgumentHelp(
            "topic, broker, broker-logger, group or client-metrics, and names; topics without.",
            valueName: "kind name"),
        completion: .configResources)
    var words: [String] = []

    /// The resources that are named, each once, and kinds of which all are meant.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    func choice() throws(CommandFailure) -> ConfigChoice {
        var choice = ConfigChoice()
        for name in topics { try choice.add(.topic, name) }
        for name in broker { try choice.add(.broker, name) }
        for name in group { try choice.add(.group, name) }
        for name in clientMetrics { try choice.add(.clientMetrics, name) }
        var names = words
        if let entityType {
            try choice.add(try .parse(entityType), all: entityName + (entityDefault ? [""] : []))
        } else if !entityName.isEmpty || entityDefault {
            throw .usage("--entity-name and --entity-default need --entity-type")
        }
        if let first = names.first {
            // Words that name no kind are topics; -t names topics that are called like one.
            let kind = ConfigResource.Kind(word: first)
            if kind != nil { names.removeFirst() }
            try choice.add(kind ?? .topic, all: names)
        }
        return choice
    }
}

/// Resources by name, and kinds of which all are meant.
struct ConfigChoice: Equatable {
    private(set) var resources: [ConfigResource] = []
    private(set) var wholeKinds: [ConfigResource.Kind] = []

    var isEmpty: Bool { resources.isEmpty && wholeKinds.isEmpty }

    /// - Parameter name: `default` and nothing stand for what holds for all brokers.
    mutating func add(_ kind: ConfigResource.Kind, _ name: String) throws(CommandFailure) {
        let name = kind == .broker && name == "default" ? "" : name
        guard let resource = ConfigResource(kind, name) else {
            throw .usage("'\(name)' is no broker's number")
        }
        guard !name.isEmpty || resource == .brokerDefaults else {
            throw .usage("the name of a \(kind.word) is not empty")
        }
        if !resources.contains(resource) { resources.append(resource) }
    }

    /// No names stand for all of them.
    mutating func add(_ kind: ConfigResource.Kind, all names: [String]) throws(CommandFailure) {
        if names.isEmpty, !wholeKinds.contains(kind) { wholeKinds.append(kind) }
        for name in names { try add(kind, name) }
    }

    /// All that is meant, in order.
    ///
    /// - Throws: `CommandFailure` for a broker that there is not, `KafkaError`.
    func resolve(_ client: KafkaClient) async throws -> [ConfigResource] {
        var result = resources
        var brokers: [Int32]?
        if wholeKinds.contains(where: { $0 == .broker || $0 == .brokerLogger })
            || resources.contains(where: { $0.broker != nil })
        {
            brokers = try await client.describeCluster().brokers.map(\.id)
        }
        for case let id? in resources.map(\.broker) where brokers?.contains(id) == false {
            let known = (brokers ?? []).map { "\($0)" }.joined(separator: ", ")
            throw CommandFailure.failed("there is no broker \(id); the cluster has \(known)")
        }
        for kind in wholeKinds {
            switch kind {
            case .topic:
                result += try await client.listTopics().filter { !$0.isInternal }.map {
                    .topic($0.name)
                }
            case .broker: result += (brokers ?? []).map { .broker($0) }
            case .brokerLogger: result += (brokers ?? []).map { .brokerLogger($0) }
            case .group, .clientMetrics: result += try await client.listConfigResources([kind])
            }
        }
        return result
    }
}
