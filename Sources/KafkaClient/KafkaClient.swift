internal import KafkaBase
internal import KafkaTransport
public import KafkaWire
public import Logging
internal import NIOConcurrencyHelpers
public import NIOCore

/// A client of one Kafka cluster: connections, metadata and administrative calls. Producers and
/// consumers are made over it and share what it knows.
///
/// ```swift
/// let client = KafkaClient(
///     configuration: ClientConfiguration(bootstrapServers: [.tcp(host: "kafka", port: 9092)]),
///     group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "orders"))
/// for topic in try await client.listTopics() { print(topic.name, topic.partitions.count) }
/// await client.close()
/// ```
///
/// Owns its connections and the metadata cache; `close` it when done. Any thread or task may call
/// it; a call whose task is cancelled ends at once with `closed`, though the broker may carry out
/// what was asked. What it holds is bounded by the cluster's size and by `ClientConfiguration`.
public final class KafkaClient: Sendable {
    public let configuration: ClientConfiguration
    let group: any EventLoopGroup
    let logger: Logger
    let pool: ConnectionPool
    private let cache = NIOLockedValueBox(MetadataCache())
    private let lastStream = NIOLockedValueBox(0)

    /// Connects to nothing yet.
    ///
    /// - Parameter group: serves the connections; it has to outlive the client.
    public init(configuration: ClientConfiguration, group: any EventLoopGroup, logger: Logger) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        pool = ConnectionPool(configuration: configuration, group: group, logger: logger)
    }

    /// Ends all connections. Calls under way fail with `closed`.
    public func close() async {
        await pool.close()
    }

    // MARK: Requests

    /// Sends a request in the highest version that both sides know, and gives its answer.
    ///
    /// A lost connection is made again and the request repeated, until `timeoutMs` of the
    /// configuration has passed since the start. Error codes inside the answer are the caller's.
    ///
    /// - Parameter timeoutMs: for the answer itself; by default `requestTimeoutMs`.
    public func send<Request: RequestMessage>(
        _ request: Request, to target: RequestTarget, timeoutMs: Int? = nil
    ) async throws(KafkaError) -> Request.Response {
        try await send(to: target, timeoutMs: timeoutMs) { _ throws(KafkaError) in request }
    }

    /// The same with a request that depends on the version.
    func send<Request: RequestMessage>(
        to target: RequestTarget, timeoutMs: Int? = nil, maxVersion: Int16 = .max,
        _ make: (_ version: Int16) throws(KafkaError) -> Request
    ) async throws(KafkaError) -> Request.Response {
        var retry = Retry(configuration)
        while true {
            do {
                let connection = try await connection(to: target, retry.deadline)
                guard
                    let version = connection.versions.highestCommonVersion(
                        of: Request.self, limit: maxVersion)
                else {
                    throw KafkaError(
                        ConnectionError.unsupportedVersion(connection.address, Request.apiKey))
                }
                let request = try make(version)
                return try await connection.send(
                    request, version: version,
                    timeoutMs: timeoutMs ?? configuration.requestTimeoutMs
                ).getUnlessCancelled()
            } catch {
                let error = KafkaError(any: error)
                // Another broker may be it by now.
                if case .coordinator(let key) = target, error.isRetriable {
                    forgetCoordinator(of: key)
                }
                try await retry.wait(after: error)
            }
        }
    }

    // MARK: Connections

    /// The address of a broker: the one it advertises, or the one Unix socket.
    func address(of broker: Int32) -> BrokerAddress? {
        if let socket = onlyUnixSocket { return socket }
        return cache.withLockedValue { $0.brokers[broker] }.map {
            .tcp(host: $0.host, port: Int($0.port))
        }
    }

    private var onlyUnixSocket: BrokerAddress? {
        let servers = configuration.bootstrapServers
        guard servers.count == 1, case .unix = servers[0] else { return nil }
        return servers[0]
    }

    private func connection(
        to target: RequestTarget, _ deadline: NIODeadline
    ) async throws(KafkaError) -> ClientConnection {
        switch target {
        case .any:
            return try await anyConnection(deadline)
        case .controller:
            if controllerID == nil { try await fetchMetadata([], autoCreate: false) }
            guard let id = controllerID, let address = address(of: id) else {
                return try await anyConnection(deadline)
            }
            return try await connection(to: address, deadline)
        case .broker(let id):
            if address(of: id) == nil { try await fetchMetadata([], autoCreate: false) }
            guard let address = address(of: id) else {
                throw .unknownBroker(id)
            }
            return try await connection(to: address, deadline)
        case .leader(let partition):
            let leader = try await leader(of: partition, deadline: deadline)
            guard let address = address(of: leader.broker) else {
                throw .unknownBroker(leader.broker)
            }
            return try await connection(to: address, deadline)
        case .coordinator(let key):
            let broker = try await coordinator(of: key, deadline: deadline)
            return try await connection(to: .broker(broker), deadline)
        }
    }

    private func connection(
        to address: BrokerAddress, _ deadline: NIODeadline
    ) async throws(KafkaError) -> ClientConnection {
        try await pool.connection(
            to: address, use: .requests, isBootstrap: address == onlyUnixSocket,
            timeoutMs: Retry.remainingMs(until: deadline))
    }

    /// A connection for a producer or consumer of its own, served by its event loop.
    func connection(
        toBroker broker: Int32, stream: Int, on eventLoop: any EventLoop
    ) async throws(KafkaError) -> ClientConnection {
        guard let address = address(of: broker) else {
            throw .unknownBroker(broker)
        }
        return try await pool.connection(
            to: address, use: .stream(stream), on: eventLoop,
            isBootstrap: address == onlyUnixSocket)
    }

    /// Numbers the producers and consumers made over this client.
    func nextStream() -> Int {
        lastStream.withLockedValue { last in
            last += 1
            return last
        }
    }

    /// One that is open, else one to any broker known, else to a bootstrap address; every address
    /// is tried once, and gets its share of the time that is left.
    private func anyConnection(_ deadline: NIODeadline) async throws(KafkaError) -> ClientConnection
    {
        if let open = pool.anyOpen(.requests) { return open }
        var known: [BrokerAddress] = []
        if onlyUnixSocket == nil {
            known = cache.withLockedValue {
                $0.brokers.values.map {
                    .tcp(host: $0.host, port: Int($0.port))
                }
            }.shuffled()
        }
        let bootstrap = configuration.bootstrapServers.shuffled().filter { !known.contains($0) }
        var last = KafkaError(.invalidArgument, "no bootstrap server given")
        let addresses = known + bootstrap
        for (index, address) in addresses.enumerated() {
            let share = Retry.remainingMs(until: deadline) / (addresses.count - index)
            do {
                return try await pool.connection(
                    to: address, use: .requests, isBootstrap: index >= known.count,
                    timeoutMs: share)
            } catch {
                last = error
                if error.kind == .closed || error.isFinalForConnections { break }
            }
        }
        throw last
    }

    // MARK: Metadata

    /// Asks a broker for the state of the cluster.
    ///
    /// - Parameter topics: nil asks for all topics, an empty list for none. Unknown names come back
    ///   with their `error` set; none is created.
    public func metadata(topics: [String]?) async throws(KafkaError) -> ClusterMetadata {
        try await fetchMetadata(topics, autoCreate: false)
    }

    /// Asks for metadata and takes it into the cache.
    @discardableResult
    func fetchMetadata(
        _ topics: [String]?, autoCreate: Bool
    ) async throws(KafkaError) -> ClusterMetadata {
        // A broker that takes the connection but does not answer is no broker to wait for longer.
        let timeoutMs = min(configuration.requestTimeoutMs, configuration.timeoutMs)
        let response = try await send(to: .any, timeoutMs: timeoutMs) {
            version throws(KafkaError) in
            var request = MetadataRequest()
            request.topics = topics?.map {
                var topic = MetadataRequest.MetadataRequestTopic()
                topic.name = $0
                return topic
            }
            // Below version 1 an empty list asks for all, below 4 brokers decide by themselves.
            if version < 1, topics == nil { request.topics = [] }
            if version >= 4 { request.allowAutoTopicCreation = autoCreate }
            return request
        }
        if response.errorCode != .none {
            throw KafkaError(response.errorCode, "metadata")
        }
        let metadata = ClusterMetadata(response)
        cache.withLockedValue { $0.merge(metadata, now: .now()) }
        return metadata
    }

    var controllerID: Int32? { cache.withLockedValue { $0.controllerID } }

    /// Who leads a partition, as far as is known; nil asks for a refresh.
    func cachedLeader(of partition: TopicPartition) -> MetadataCache.Leader? {
        cache.withLockedValue { $0.leader(of: partition) }
    }

    func cachedCoordinator(of key: CoordinatorKey) -> Int32? {
        cache.withLockedValue { $0.coordinator(of: key) }
    }

    func learnCoordinator(_ broker: Int32, of key: CoordinatorKey) {
        cache.withLockedValue { $0.learn(coordinator: broker, of: key) }
    }

    func forgetCoordinator(of key: CoordinatorKey) {
        cache.withLockedValue { $0.forgetCoordinator(of: key) }
    }

    func learnBrokers(_ brokers: [ClusterMetadata.Broker]) {
        cache.withLockedValue { $0.learn(brokers) }
    }

    func cachedTopic(_ name: String) -> ClusterMetadata.Topic? {
        cache.withLockedValue { $0.topic(name) }
    }

    /// Topics whose metadata turned out to be old are asked for again when next needed.
    func forgetTopics(_ names: some Sequence<String>) {
        cache.withLockedValue { cache in
            for name in names { cache.forgetTopic(name) }
        }
    }

    /// A topic with its partitions, from the cache when that is young enough. Waits until the
    /// topic exists and has its leaders, up to `timeoutMs` of the configuration.
    ///
    /// - Throws: `unknownTopic` when the cluster has none of that name and none is made.
    func topic(_ name: String, autoCreate: Bool) async throws(KafkaError) -> ClusterMetadata.Topic {
        let maxAgeMs = configuration.metadataMaxAgeMs
        if let topic = cache.withLockedValue({ $0.topic(name, maxAgeMs: maxAgeMs, now: .now()) }),
            !topic.partitions.isEmpty, topic.partitions.allSatisfy({ $0.leader != nil })
        {
            return topic
        }
        var retry = Retry(configuration)
        while true {
            let metadata = try await fetchMetadata([name], autoCreate: autoCreate)
            let topic = metadata.topic(name)
            switch topic?.error {
            case nil:
                // A partition without a leader does not keep the others from being used.
                if let topic, topic.partitions.contains(where: { $0.leader != nil }) {
                    return topic
                }
                try await retry.wait(after: KafkaError(.leaderNotAvailable, "topic \(name)"))
            case .unknownTopicOrPartition?:
                // A topic made on demand is announced as unknown at first.
                guard autoCreate else { throw .unknownTopic(name) }
                try await retry.wait(after: .unknownTopic(name))
            case let code?:
                try await retry.wait(after: KafkaError(code, "topic \(name)"))
            }
        }
    }

    /// Who leads a partition; asks the cluster when it is not known.
    func leader(
        of partition: TopicPartition, deadline: NIODeadline? = nil
    ) async throws(KafkaError) -> MetadataCache.Leader {
        if let leader = cachedLeader(of: partition) { return leader }
        var retry = Retry(configuration, deadline: deadline)
        while true {
            let topic = try await topic(partition.topic, autoCreate: false)
            if let leader = cachedLeader(of: partition) { return leader }
            guard topic.partition(partition.partition) != nil else {
                throw .unknownPartition(partition)
            }
            try await retry.wait(after: KafkaError(.leaderNotAvailable, "\(partition)"))
            forgetTopics([partition.topic])
        }
    }
}
