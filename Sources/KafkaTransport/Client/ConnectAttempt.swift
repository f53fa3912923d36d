internal import NIOCore
internal import NIOPosix

/// One attempt at connecting a channel.
struct ConnectAttempt {
    let address: BrokerAddress
    let eventLoop: any EventLoop
    let options: ClientConnectionOptions

    /// Connects over TCP (trying a host's addresses as RFC 8305 has it) or to a Unix socket.
    ///
    /// - Returns: the channel, or a `ConnectionError`.
    func connect(
        _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(Int64(options.connectTimeoutMs)))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 2048, initial: 16 << 10, maximum: max(options.maxReadBytes, 16 << 10))
            )
            .channelInitializer(initialize)
        return connect(bootstrap).flatMapErrorThrowing { error in
            if case ChannelError.connectTimeout = error {
                throw ConnectionError.timedOut(
                    address, what: "connect", afterMs: options.connectTimeoutMs)
            }
            throw ConnectionError.connectFailed(
                address, reason: ConnectionFailure.reason(of: error))
        }
    }

    private func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
        switch address {
        case .tcp(let host, let port):
            let tcp = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // An address needs no resolver, and its error is the system's own.
            if let numeric = try? SocketAddress(ipAddress: host, port: port) {
                return tcp.connect(to: numeric)
            }
            return tcp.connect(host: host, port: port)
        case .unix(let path):
            do {
                let socket = try UnixSocketPath(path)
                return bootstrap.connect(to: socket.address).always { _ in
                    withExtendedLifetime(socket) {}
                }
            } catch {
                return eventLoop.makeFailedFuture(error)
            }
        }
    }
}
