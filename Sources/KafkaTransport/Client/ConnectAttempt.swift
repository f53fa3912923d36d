internal import NIOCore
internal import NIOPosix

/// One attempt at connecting a channel.
struct ConnectAttempt {
    let address: BrokerAddress
    let eventLoop: any EventLoop
    let options: ClientConnectionOptions

    /// Connects over TCP (trying a host's addresses as RFC 8305 has it) or to a Unix socket.
    func connect(
        _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws(ConnectionError) -> any Channel {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(Int64(options.connectTimeoutMs)))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 2048, initial: 16 << 10, maximum: max(options.maxReadBytes, 16 << 10))
            )
            .channelInitializer(initialize)
        do {
            switch address {
            case .tcp(let host, let port):
                let tcp = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                // An address needs no resolver, and its error is the system's own.
                if let numeric = try? SocketAddress(ipAddress: host, port: port) {
                    return try await tcp.connect(to: numeric).get()
                }
                return try await tcp.connect(host: host, port: port).get()
            case .unix(let path):
                let socket = try UnixSocketPath(path)
                defer { withExtendedLifetime(socket) {} }
                return try await bootstrap.connect(to: socket.address).get()
            }
        } catch {
            if case ChannelError.connectTimeout = error {
                throw .timedOut(address, what: "connect", afterMs: options.connectTimeoutMs)
            }
            throw .connectFailed(address, reason: ConnectFailure.reason(of: error))
        }
    }
}
