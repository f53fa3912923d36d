import Logging
import NIOCore
import NIOPosix
import Platform

/// Binds one address and sets up the connections accepted there.
struct Listener: Sendable {
    let address: ListenerAddress
    /// Position in the server's list.
    let index: Int
    let options: Server.Options
    let registry: ConnectionRegistry
    let budget: MemoryBudget
    let service: ServiceBox
    let logger: Logger
    let warnings: LogLimiter
    let counters: CountersByLoop?

    /// Bytes that wait in a connection to be sent, above which no further request is served, and
    /// below which requests are served again.
    private static let writeMark = ChannelOptions.Types.WriteBufferWaterMark(
        low: 256 << 10, high: 1 << 20)

    /// Binds; nobody is accepted until the channel is set to read.
    func bind(group: any EventLoopGroup) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.autoRead, value: false)
            .childChannelOption(.writeBufferWaterMark, value: Listener.writeMark)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 1 << 10, initial: 4 << 10, maximum: 1 << 20)
            )
            .childChannelInitializer { channel in setUp(channel) }
        switch address {
        case .tcp(let host, let port):
            return
                try await bootstrap
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                .bind(host: host, port: port).get()
        case .unix(let path):
            try Listener.removeStaleSocket(path)
            let socketPath = try UnixSocketPath(path)
            let channel = try await bootstrap.bind(to: socketPath.address).get()
            // A connect needs write permission: the directory's owner alone.
            chmod(path, 0o600)
            withExtendedLifetime(socketPath) {}
            return channel
        }
    }

    private func setUp(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let service = service.value, let id = registry.admit() else {
            warnings.warn("refusing a connection: \(registry.count) are open", logger)
            counters?.counters(of: channel.eventLoop)?.closed(.limit)
            return channel.eventLoop.makeFailedFuture(ChannelError.alreadyClosed)
        }
        let delayMs = channel.remoteAddress.map(options.refusalDelayMs) ?? 0
        guard delayMs == 0 else {
            counters?.counters(of: channel.eventLoop)?.closed(.limit)
            return refuse(channel, id: id, delayMs: delayMs)
        }
        let scope = ConnectionScope(
            id: id, eventLoop: channel.eventLoop, listenerIndex: index,
            peer: channel.remoteAddress.map(Listener.describe) ?? "a local process",
            host: channel.remoteAddress?.ipAddress)
        let tls = options.tls[index]
        let connection = ServerConnection(
            scope: scope, service: service.service(of: scope), budget: budget,
            maxFrameBytes: options.maxFrameBytes, maxIdleMs: options.maxIdleMs,
            isSecure: tls != nil, logger: logger, warnings: warnings,
            counters: counters?.counters(of: channel.eventLoop))
        channel.closeFuture.whenComplete { [registry] _ in registry.remove(id: id) }
        let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        return channel.eventLoop.makeCompletedFuture {
            if let tls {
                try channel.pipeline.syncOperations.addHandlers([
                    tls.handler(),
                    TLSConnectionHandler(tls, scope: scope, logger: logger, warnings: warnings),
                ])
            }
            try channel.pipeline.syncOperations.addHandler(connection)
            if registry.add(bound, id: id) { connection.drain() }
        }
    }

    /// Lets a client that connects too often wait for nothing (KIP-612).
    private func refuse(
        _ channel: any Channel, id: UInt64, delayMs: Int64
    ) -> EventLoopFuture<Void> {
        let end = channel.eventLoop.scheduleTask(in: .milliseconds(delayMs)) {
            () throws -> Void in
            registry.remove(id: id)
            throw ChannelError.alreadyClosed
        }
        return end.futureResult
    }

    // MARK: Addresses

    static func boundAddress(of channel: any Channel, asked: ListenerAddress) -> ListenerAddress {
        guard case .tcp(let host, _) = asked, let port = channel.localAddress?.port else {
            return asked
        }
        return .tcp(host: host, port: port)
    }

    private static func describe(_ address: SocketAddress) -> String {
        switch address {
        case .v4, .v6:
            "\(ListenerAddress.tcp(host: address.ipAddress ?? "?", port: address.port ?? 0))"
        case .unixDomainSocket: "a local process"
        }
    }

    /// Removes a socket that nobody listens on any more. Who owns the directory's lock calls this:
    /// otherwise another process may be about to listen.
    ///
    /// - Throws: `IOError` EADDRINUSE when somebody does listen, EEXIST for a file of another kind.
    private static func removeStaleSocket(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw IOError(errnoCode: EEXIST, reason: "bind")
        }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw IOError(errnoCode: errno, reason: "unlink")
        }
    }
}
