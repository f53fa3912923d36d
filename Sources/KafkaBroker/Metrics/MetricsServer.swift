import KafkaTransport
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// The broker's small HTTP/1.1 server: `/metrics` for Prometheus, `/healthz` for whoever asks
/// whether the broker can do its work.
///
/// Any thread. Connections live on the broker's event loops, which only read requests and write
/// answers; a thread of its own puts the metrics together. Bounded: connections, requests that
/// wait for that thread, the sizes of requests, and how long a connection may do nothing.
final class MetricsServer: Sendable {
    static let maxConnections = 64
    static let maxWaiting = 16
    static let maxIdle = TimeAmount.seconds(60)

    /// Where it really listens.
    let address: ListenerAddress
    private let channel: any Channel
    private let pages: MetricsPages
    private let connections: OpenChannels

    private init(
        address: ListenerAddress, channel: any Channel, pages: MetricsPages,
        connections: OpenChannels
    ) {
        self.address = address
        self.channel = channel
        self.pages = pages
        self.connections = connections
    }

    /// - Throws: `Server.BindError`.
    static func start(
        host: String, port: Int, metrics: BrokerMetrics, group: any EventLoopGroup
    ) async throws(Server.BindError) -> MetricsServer {
        let pages = MetricsPages(
            metrics: { try metrics.text() }, problem: { metrics.problem })
        return try await start(host: host, port: port, pages: pages, group: group)
    }

    static func start(
        host: String, port: Int, pages: MetricsPages, group: any EventLoopGroup
    ) async throws(Server.BindError) -> MetricsServer {
        let connections = OpenChannels(maxCount: maxConnections)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 16)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                guard connections.add(channel) else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.alreadyClosed)
                }
                channel.closeFuture.whenComplete { _ in connections.remove(channel) }
                return channel.eventLoop.makeCompletedFuture {
                    try setUp(channel.pipeline.syncOperations, pages)
                }
            }
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            return MetricsServer(
                address: .tcp(host: host, port: channel.localAddress?.port ?? port),
                channel: channel, pages: pages, connections: connections)
        } catch {
            await pages.shutdown()
            throw Server.BindError(address: .tcp(host: host, port: port), cause: error)
        }
    }

    /// The handlers of a connection. On its event loop.
    static func setUp(
        _ pipeline: ChannelPipeline.SynchronousOperations, _ pages: MetricsPages
    ) throws {
        try pipeline.addHandler(IdleStateHandler(allTimeout: maxIdle))
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: true, withErrorHandling: true)
        try pipeline.addHandler(MetricsHandler(pages))
    }

    func shutdown() async {
        try? await channel.close().get()
        connections.closeAll()
        await pages.shutdown()
    }
}

/// The open connections, up to a number of them. Any thread; one short lock.
final class OpenChannels: Sendable {
    private let channels = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])
    private let maxCount: Int

    init(maxCount: Int) {
        self.maxCount = maxCount
    }

    /// - Returns: false where there are too many.
    func add(_ channel: any Channel) -> Bool {
        channels.withLockedValue { channels in
            guard channels.count < maxCount else { return false }
            channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) {
        channels.withLockedValue { $0[ObjectIdentifier(channel)] = nil }
    }

    func closeAll() {
        for channel in channels.withLockedValue({ Array($0.values) }) {
            channel.close(promise: nil)
        }
    }
}
