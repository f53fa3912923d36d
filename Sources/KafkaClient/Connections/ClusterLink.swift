internal import KafkaTransport
internal import NIOCore

/// Whoever sends over a `ClusterLink`; called on its event loop.
protocol ClusterLinkUser: AnyObject, Sendable {
    func connected(_ broker: Int32)

    /// - Parameter error: why no connection could be made; nil when one was lost.
    func disconnected(_ broker: Int32, _ error: KafkaError?)

    /// The cluster was asked for these topics.
    ///
    /// - Returns: whether the answer leaves nothing to ask for again.
    func refreshed(_ names: [String], _ result: Result<ClusterMetadata, KafkaError>) -> Bool

    /// Does what there is to do now.
    func pump()
}

/// What a producer or consumer has of the cluster: its connections, the metadata that it keeps
/// fresh, and a timer. Carries out what its state machine decides.
///
/// Everything belongs to `eventLoop`, where it is called, but for `run` and `close`; hence
/// unchecked. Bounded by the cluster's size.
final class ClusterLink: @unchecked Sendable {
    let client: KafkaClient
    let eventLoop: any EventLoop
    private let stream: Int

    private var connections: [Int32: ClientConnection] = [:]
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?
    private(set) var isClosed = false
    private var staleTopics: Set<String> = []
    private var isRefreshing = false
    private var refreshBackoff: Backoff
    private var metadataAt = NIODeadline.now()

    init(_ client: KafkaClient) {
        self.client = client
        eventLoop = client.group.next()
        stream = client.nextStream()
        refreshBackoff = client.configuration.backoff
    }

    // MARK: Any thread

    func close() async {
        try? await eventLoop.submit {
            self.isClosed = true
            self.timer?.task.cancel()
            self.timer = nil
        }.get()
        client.pool.close(.stream(stream))
    }

    /// Makes a call and hands its result over on the event loop.
    func run<Value: Sendable>(
        _ call: @escaping @Sendable () async throws(KafkaError) -> Value,
        then: @escaping @Sendable (Result<Value, KafkaError>) -> Void
    ) {
        Task {
            let result = await KafkaError.result(call)
            eventLoop.execute { then(result) }
        }
    }

    // MARK: Connections

    var open: some Collection<ClientConnection> { connections.values }

    subscript(broker: Int32) -> ClientConnection? { connections[broker] }

    /// Makes connections and sets the timer.
    func carryOut(_ actions: BrokerLinks.Actions, for user: some ClusterLinkUser) {
        for broker in actions.connect { connect(to: broker, for: user) }
        if let time = actions.wakeAt { wake(user, at: time) }
    }

    private func connect(to broker: Int32, for user: some ClusterLinkUser) {
        run { () throws(KafkaError) in
            try await self.client.connection(
                toBroker: broker, stream: self.stream, on: self.eventLoop)
        } then: { result in
            switch result {
            case .success(let connection): self.connected(broker, connection, user)
            case .failure(let error): user.disconnected(broker, error)
            }
            user.pump()
        }
    }

    private func connected(
        _ broker: Int32, _ connection: ClientConnection, _ user: some ClusterLinkUser
    ) {
        guard !isClosed else { return connection.close() }
        connections[broker] = connection
        user.connected(broker)
        connection.closeFuture.hop(to: eventLoop).whenComplete { _ in
            guard self.connections[broker] === connection else { return }
            self.connections[broker] = nil
            user.disconnected(broker, nil)
            user.pump()
        }
    }

    private func wake(_ user: some ClusterLinkUser, at time: NIODeadline) {
        guard !isClosed else { return }
        if let timer, timer.at <= time { return }
        timer?.task.cancel()
        let task = eventLoop.scheduleTask(deadline: time) {
            self.timer = nil
            user.pump()
        }
        timer = (time, task)
    }

    // MARK: Metadata

    /// New partitions, for one, are only noticed by asking now and then.
    var metadataIsOld: Bool {
        let maxAge = TimeAmount.milliseconds(Int64(client.configuration.metadataMaxAgeMs))
        return NIODeadline.now() - metadataAt > maxAge
    }

    /// Topics to ask for at the next refresh, too.
    func markStale(_ topics: [String]) {
        staleTopics.formUnion(topics)
    }

    /// Asks for topics whose metadata is found to be old, once at a time.
    ///
    /// - Returns: whether it asks now; otherwise it does when the request under way is done, and a
    ///   pause.
    @discardableResult
    func refresh(_ topics: Set<String>, for user: some ClusterLinkUser) -> Bool {
        staleTopics.formUnion(topics)
        guard !staleTopics.isEmpty, !isRefreshing else { return false }
        isRefreshing = true
        let names = staleTopics.sorted()
        staleTopics = []
        let pause = TimeAmount.milliseconds(Int64(refreshBackoff.nextMs()))
        run { () throws(KafkaError) in
            try await self.client.fetchMetadata(names, autoCreate: false)
        } then: { result in
            if case .success = result { self.metadataAt = .now() }
            if user.refreshed(names, result) { self.refreshBackoff.reset() }
            // Not again before a pause, however stale things are.
            self.eventLoop.scheduleTask(in: pause) {
                self.isRefreshing = false
                user.pump()
            }
            user.pump()
        }
        return true
    }
}
