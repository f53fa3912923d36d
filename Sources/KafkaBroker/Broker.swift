import KafkaBase
import KafkaLog
import KafkaSecurity
public import KafkaTransport
import Logging
public import NIOCore
import NIOPosix

/// A Kafka broker of a single node: the data directory, its partitions, and the listeners.
///
/// Owns the directory's lock from `start` to the end of `shutdown`, which must be called. Any
/// thread.
public final class Broker: Sendable {
    /// How long requests under way may take at the end, in ms.
    private static let shutdownGraceMs: Int64 = 2000
    /// Threads for what reads the disk more than a fetch does.
    private static let readThreads = 2

    /// Where the broker really listens, in the order of the options' listeners: ports are the real
    /// ones.
    public let boundAddresses: [BrokerAddress]

    /// Where the metrics are; nil where nobody asked for them.
    public let metricsAddress: BrokerAddress?

    private let server: Server
    private let metricsServer: MetricsServer?
    let storage: BrokerStorage
    private let cleaner: CleanerThreads
    private let readPool: NIOThreadPool
    private let eventLoop: any EventLoop
    private let housekeeper: Housekeeper
    private let logger: Logger

    private init(
        server: Server, metricsServer: MetricsServer?, storage: BrokerStorage,
        cleaner: CleanerThreads, readPool: NIOThreadPool, eventLoop: any EventLoop, logger: Logger
    ) {
        self.server = server
        self.metricsServer = metricsServer
        self.storage = storage
        self.cleaner = cleaner
        self.readPool = readPool
        self.eventLoop = eventLoop
        self.logger = logger
        boundAddresses = server.boundAddresses.map(BrokerAddress.init)
        metricsAddress = metricsServer.map { BrokerAddress($0.address) }
        housekeeper = Housekeeper(storage: storage, eventLoop: eventLoop, clock: .system)
        housekeeper.start()
    }

    /// Opens the data directory, recovers its logs, and listens.
    ///
    /// - Parameter group: runs connections and partitions; the caller's, who shuts it down after
    ///   the broker.
    /// - Throws: `BrokerError`; then nothing is left running or locked.
    public static func start(
        _ options: BrokerOptions, group: any EventLoopGroup
    ) async throws(BrokerError) -> Broker {
        let threshold = LogThreshold(options.logger.logLevel)
        let options = options.logging(through: threshold)
        let thread = StorageThread()
        let eventLoop = group.any()
        let storage: BrokerStorage
        let security: [ListenerSecurity]
        do throws(BrokerError) {
            // What is wrong with the settings comes out before anything is made on the disk.
            security = try await thread.result(on: eventLoop) { () throws(BrokerError) in
                try ListenerSecurity.all(options.listeners, options.settings)
            }
            let startup = BrokerStartup(
                options: options, eventLoops: Array(group.makeIterator()), thread: thread)
            storage = try await thread.result(on: eventLoop) { () throws(BrokerError) in
                try startup.open()
            }
        } catch {
            await thread.shutdown()
            throw error
        }
        let readPool = NIOThreadPool(numberOfThreads: readThreads)
        readPool.start()
        do throws(Server.BindError) {
            let (server, node) = try await listen(
                options, security, storage, readPool, group, threshold)
            let cleaner = CleanerThreads(storage, logger: options.logger)
            do throws(Server.BindError) {
                let metrics = try await serveMetrics(
                    options, server, storage, cleaner, node.quotas, group)
                let broker = Broker(
                    server: server, metricsServer: metrics, storage: storage, cleaner: cleaner,
                    readPool: readPool, eventLoop: eventLoop, logger: options.logger)
                broker.logStart(options.listeners, security)
                return broker
            } catch {
                await server.shutdown(graceMs: 0)
                await cleaner.shutdown()
                throw error
            }
        } catch {
            await close(storage, readPool, eventLoop)
            throw .cannotListen(error.address, reason: error.reason)
        }
    }

    private static func serveMetrics(
        _ options: BrokerOptions, _ server: Server, _ storage: BrokerStorage,
        _ cleaner: CleanerThreads, _ quotas: QuotaManager, _ group: any EventLoopGroup
    ) async throws(Server.BindError) -> MetricsServer? {
        guard let address = options.metrics else { return nil }
        let metrics = BrokerMetrics(
            server: server, storage: storage, cleaner: cleaner, quotas: quotas,
            version: options.version)
        return try await MetricsServer.start(
            host: address.host, port: address.port, metrics: metrics, group: group)
    }

    private func logStart(_ listeners: [BrokerListener], _ security: [ListenerSecurity]) {
        for ((listener, bound), security) in zip(zip(listeners, server.boundAddresses), security) {
            let address = listener.description(at: bound)
            logger.info("listening", metadata: ["address": "\(address)"])
            guard let sasl = security.sasl, sasl.plainUsers.isEmpty,
                storage.store.image.credentials.isEmpty
            else { continue }
            logger.warning(
                """
                nobody can authenticate on \(address) yet; 'skafka users create NAME -d \
                \(storage.directories.first.path)' adds a user
                """)
        }
        if let metricsAddress {
            logger.info("metrics", metadata: ["url": "http://\(metricsAddress)/metrics"])
        }
    }

    private static func listen(
        _ options: BrokerOptions, _ security: [ListenerSecurity], _ storage: BrokerStorage,
        _ readPool: NIOThreadPool, _ group: any EventLoopGroup, _ threshold: LogThreshold
    ) async throws(Server.BindError) -> (Server, BrokerNode) {
        let node = BrokerNode(
            storage: storage,
            autoCreateTopics: options.autoCreateTopics ?? options.settings.autoCreateTopics,
            producerIDs: ProducerIDAllocator(store: storage.store, thread: storage.thread),
            readPool: readPool, clock: .system, logger: options.logger, threshold: threshold)
        var serverOptions = Server.Options(addresses: options.listeners.map(\.address))
        for (index, security) in security.enumerated() {
            serverOptions.tls[index] = security.tls
        }
        serverOptions.maxConnections = options.settings.maxConnections
        serverOptions.maxConnectionsOf = { [node] address in
            node.settings.connectionLimits.limit(of: address)
        }
        serverOptions.maxFrameBytes = options.settings.maxRequestBytes
        serverOptions.maxIdleMs = options.settings.maxIdleMs
        serverOptions.refusalDelayMs = { [quotas = node.quotas, clock = node.clock] address in
            address.ipAddress.map { quotas.recordConnection(from: $0, nowMs: clock.nowMs) } ?? 0
        }
        serverOptions.countsRequests = options.metrics != nil
        node.startCoordinators()
        storage.groupPositions.come { [groups = node.groups] in groups.sample(upTo: $0) }
        let server = try await Server.start(serverOptions, group: group, logger: options.logger) {
            bound in
            let endpoints = zip(options.listeners, bound).map {
                AdvertisedEndpoint.of($0, at: $1, advertised: options.advertised)
            }
            node.note(bound, endpoints)
            let store = storage.store
            return BrokerService(
                table: node.makeTable(), endpoints: endpoints, quotas: node.quotas,
                authorizer: node.authorizer, clock: node.clock, sasl: security.map(\.sasl),
                credentials: { store.image.credentials })
        }
        return (server, node)
    }

    /// Accepts nobody any more, ends long polls, finishes what is under way, flushes and notes the
    /// clean shutdown. Takes seconds at most, also with clients connected.
    public func shutdown() async {
        let began = ContinuousClock.now
        logger.info("stopping", metadata: ["connections": "\(server.connectionCount)"])
        housekeeper.stop()
        await server.shutdown(graceMs: Broker.shutdownGraceMs)
        logger.debug("connections closed")
        await metricsServer?.shutdown()
        await cleaner.shutdown()
        await Broker.close(storage, readPool, eventLoop)
        logger.info("stopped", metadata: ["ms": "\((ContinuousClock.now - began).inMilliseconds)"])
    }

    private static func close(
        _ storage: BrokerStorage, _ readPool: NIOThreadPool, _ eventLoop: any EventLoop
    ) async {
        try? await readPool.shutdownGracefully()
        try? await storage.thread.run(on: eventLoop) { storage.close() }.get()
        await storage.thread.shutdown()
    }
}

extension BrokerOptions {
    fileprivate func logging(through threshold: LogThreshold) -> BrokerOptions {
        var options = self
        options.logger = threshold.governing(logger)
        return options
    }
}

extension BrokerAddress {
    fileprivate init(_ address: ListenerAddress) {
        switch address {
        case .tcp(let host, let port): self = .tcp(host: host, port: port)
        case .unix(let path): self = .unix(path: path)
        }
    }
}

extension Duration {
    var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
