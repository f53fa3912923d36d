import NIOConcurrencyHelpers
import NIOCore

/// The open connections of a server: their number, and all of them when it shuts down.
///
/// Any thread; one short lock.
final class ConnectionRegistry: Sendable {
    private struct State {
        var connections: [UInt64: NIOLoopBound<ServerConnection>] = [:]
        var nextID: UInt64 = 0
        /// Connections between acceptance and closing, also those not set up yet.
        var count = 0
        /// The same by the address that they are from.
        var countByHost: [String: Int] = [:]
        var isDraining = false
        var whenEmpty: [EventLoopPromise<Void>] = []
    }

    private let maxConnections: Int
    private let state = NIOLockedValueBox(State())

    init(maxConnections: Int) {
        self.maxConnections = maxConnections
    }

    var count: Int { state.withLockedValue { $0.count } }

    /// Number of those from an address.
    func count(of host: String) -> Int { state.withLockedValue { $0.countByHost[host] ?? 0 } }

    /// Gives a new connection its id; nil when there are too many, or the server shuts down.
    ///
    /// - Parameters:
    ///   - host: the client's address; nil for a local process.
    ///   - maxOfHost: connections from there above which there are too many.
    func admit(from host: String? = nil, maxOfHost: Int = .max) -> UInt64? {
        state.withLockedValue { state in
            guard state.count < maxConnections, !state.isDraining else { return nil }
            if let host {
                let count = state.countByHost[host] ?? 0
                guard count < maxOfHost else { return nil }
                state.countByHost[host] = count + 1
            }
            state.count += 1
            state.nextID += 1
            return state.nextID
        }
    }

    /// - Returns: whether the server shuts down meanwhile, so that the connection has to drain.
    func add(_ connection: NIOLoopBound<ServerConnection>, id: UInt64) -> Bool {
        state.withLockedValue { state in
            state.connections[id] = connection
            return state.isDraining
        }
    }

    /// - Parameter host: as it was admitted with.
    func remove(id: UInt64, from host: String? = nil) {
        let promises: [EventLoopPromise<Void>] = state.withLockedValue { state in
            if let host, let count = state.countByHost[host] {
                state.countByHost[host] = count > 1 ? count - 1 : nil
            }
            state.connections[id] = nil
            state.count -= 1
            guard state.count == 0 else { return [] }
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for promise in promises { promise.succeed() }
    }

    /// Admits nobody any more, and has every connection do something on its event loop.
    ///
    /// - Returns: done when the last connection is gone.
    func closeAll(
        on eventLoop: any EventLoop, _ body: @escaping @Sendable (ServerConnection) -> Void
    ) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let connections = state.withLockedValue { state in
            state.isDraining = true
            if state.count > 0 { state.whenEmpty.append(promise) }
            return state.count > 0 ? Array(state.connections.values) : nil
        }
        guard let connections else {
            promise.succeed()
            return promise.futureResult
        }
        for connection in connections {
            connection.eventLoop.execute { body(connection.value) }
        }
        return promise.futureResult
    }
}
