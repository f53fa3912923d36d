import KafkaBase
public import Logging
public import NIOCore
import NIOPosix
import Platform

/// Listeners and the connections they accepted.
///
/// Any thread. Bounded by `Options`: connections, bytes of requests, size of a frame.
public final class Server: Sendable {
    public struct Options: Sendable {
        public var addresses: [ListenerAddress]
        /// TLS under the connections of a listener, by its position among the addresses.
        public var tls: [Int: TLSServerContext] = [:]
        /// Connections above which further ones are closed at once.
        public var maxConnections = 4096
        /// Largest request, in bytes.
        public var maxFrameBytes = 100 << 20
        /// Bytes of requests that all connections together may have under way.
        public var maxRequestBytesTotal = 256 << 20
        /// Time without a request after which a connection is closed, in ms; negative for never.
        public var maxIdleMs: Int64 = 600_000
        /// How long a connection from an address is held up before it is closed, in ms; 0 for one
        /// that is taken. Called on any event loop.
        public var refusalDelayMs: @Sendable (SocketAddress) -> Int64 = { _ in 0 }
        /// Counts requests and connections, for `counters`.
        public var countsRequests = false

        public init(addresses: [ListenerAddress]) {
            self.addresses = addresses
        }
    }

    /// Why a server does not listen.
    public struct BindError: Error, CustomStringConvertible {
        public var address: ListenerAddress
        public var reason: String

        /// - Parameter cause: what binding threw.
        public init(address: ListenerAddress, cause: any Error) {
            self.address = address
            reason = ConnectionFailure.reason(of: cause)
        }

        public var description: String { "cannot listen on \(address): \(reason)" }
    }

    /// Where the server really listens, in the order of the options' addresses.
    public let boundAddresses: [ListenerAddress]
    private let listeners: [any Channel]
    private let registry: ConnectionRegistry
    private let countersByLoop: CountersByLoop?
    /// Of the bytes of requests under way.
    public let budget: MemoryBudget

    private init(
        listeners: [any Channel], boundAddresses: [ListenerAddress], registry: ConnectionRegistry,
        counters: CountersByLoop?, budget: MemoryBudget
    ) {
        self.listeners = listeners
        self.boundAddresses = boundAddresses
        self.registry = registry
        countersByLoop = counters
        self.budget = budget
    }

    /// Connections open at the moment.
    public var connectionCount: Int { registry.count }

    /// What the connections came to, where the options ask for it. Blocks: not on an event loop.
    ///
    /// - Throws: when an event loop takes nothing more.
    public func counters() throws -> ServerCounters {
        try countersByLoop?.sum() ?? ServerCounters()
    }

    /// Listens on all addresses, or on none.
    ///
    /// - Parameter makeService: called once, with where the listeners are bound; connections are
    ///   served from then on.
    /// - Throws: `BindError`.
    public static func start(
        _ options: Options, group: any EventLoopGroup, logger: Logger,
        makeService: ([ListenerAddress]) -> any RequestService
    ) async throws(BindError) -> Server {
        let registry = ConnectionRegistry(maxConnections: options.maxConnections)
        let service = ServiceBox()
        let budget = MemoryBudget(limitBytes: options.maxRequestBytesTotal)
        let warnings = LogLimiter()
        let counters = options.countsRequests ? CountersByLoop(group) : nil
        var listeners: [any Channel] = []
        var bound: [ListenerAddress] = []
        for (index, address) in options.addresses.enumerated() {
            do {
                let listener = Listener(
                    address: address, index: index, options: options, registry: registry,
                    budget: budget, service: service, logger: logger, warnings: warnings,
                    counters: counters)
                let channel = try await listener.bind(group: group)
                listeners.append(channel)
                bound.append(Listener.boundAddress(of: channel, asked: address))
            } catch {
                let server = Server(
                    listeners: listeners, boundAddresses: bound, registry: registry,
                    counters: counters, budget: budget)
                await server.stopListening()
                throw BindError(address: address, cause: error)
            }
        }
        service.value = makeService(bound)
        for listener in listeners {
            listener.setOption(.autoRead, value: true).whenFailure { _ in }
        }
        return Server(
            listeners: listeners, boundAddresses: bound, registry: registry, counters: counters,
            budget: budget)
    }

    /// Accepts nobody any more, ends long polls, finishes the requests under way and closes.
    ///
    /// - Parameter graceMs: how long requests under way may take before their connections are
    ///   closed all the same.
    public func shutdown(graceMs: Int64) async {
        await stopListening()
        guard let eventLoop = listeners.first?.eventLoop else { return }
        let deadline = eventLoop.scheduleTask(in: .milliseconds(graceMs)) { [registry] in
            _ = registry.closeAll(on: eventLoop) { $0.closeNow() }
        }
        try? await registry.closeAll(on: eventLoop) { $0.drain() }.get()
        deadline.cancel()
    }

    private func stopListening() async {
        for (listener, address) in zip(listeners, boundAddresses) {
            // The file first: whoever comes now must not find a socket that nobody answers.
            if case .unix(let path) = address { unlink(path) }
            try? await listener.close().get()
        }
    }
}
