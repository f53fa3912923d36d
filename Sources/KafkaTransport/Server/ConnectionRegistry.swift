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
        var isDraining = false
        var whenEmpty: [EventLoopPromise<Void>] = []
    }

    private let maxConnections: Int
    private let state = NIOLockedValueBox(State())

    init(maxConnections: Int) {
        self.maxConnections = maxConnections
    }

    var count: Int { state.withLockedValue { $0.count } }

    /// Gives a new connection its id; nil when there are too many, or the server shuts down.
    func admit() -> UInt64? {
        state.withLockedValue { state in
            guard state.count < maxConnections, !state.isDraining else { return nil }
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

    func remove(id: UInt64) {
        let promises: [EventLoopPromise<Void>] = state.withLockedValue { state in
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
