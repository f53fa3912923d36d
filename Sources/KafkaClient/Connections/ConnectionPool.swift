internal import KafkaTransport
internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore

/// What a connection is used for. A broker handles one request of a connection at a time, so that
/// a long poll would hold up everything behind it: each use has a connection of its own.
enum ConnectionUse: Hashable, Sendable {
    case requests
    /// Of one producer or consumer, by its number.
    case stream(Int)
}

/// The client's connections, made when first needed, one for each address and use.
///
/// Any thread. Bounded by the cluster's size times the uses. Several callers that need the same
/// connection share one attempt, and attempts at an address that fails are spaced out.
final class ConnectionPool: Sendable {
    private struct Key: Hashable {
        var address: BrokerAddress
        var use: ConnectionUse
    }

    private struct Slot {
        var connection: ClientConnection?
        var attempt: Task<ClientConnection, any Error>?
        var backoff: Backoff
        var notBefore = NIODeadline.uptimeNanoseconds(0)
    }

    private struct State {
        var slots: [Key: Slot] = [:]
        var isClosed = false
    }

    private let state = NIOLockedValueBox(State())
    private let configuration: ClientConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger

    init(configuration: ClientConfiguration, group: any EventLoopGroup, logger: Logger) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
    }

    /// A connection that is open already, to any address.
    func anyOpen(_ use: ConnectionUse) -> ClientConnection? {
        state.withLockedValue { state in
            for (key, slot) in state.slots where key.use == use {
                if let connection = slot.connection, connection.isOpen { return connection }
            }
            return nil
        }
    }

    /// The connection to an address, made when there is none.
    ///
    /// - Parameters:
    ///   - eventLoop: which is to serve it, if it is made now.
    ///   - isBootstrap: whether `beforeConnect` is to be called.
    ///   - timeoutMs: of the attempt; never more than `connectTimeoutMs`.
    func connection(
        to address: BrokerAddress, use: ConnectionUse, on eventLoop: (any EventLoop)? = nil,
        isBootstrap: Bool = false, timeoutMs: Int = .max
    ) async throws(KafkaError) -> ClientConnection {
        let key = Key(address: address, use: use)
        do {
            switch try begin(key, eventLoop, isBootstrap: isBootstrap, timeoutMs: timeoutMs) {
            case .open(let connection): return connection
            case .attempt(let task):
                return try await task.valueUnlessCancelled(on: eventLoop ?? group.next())
            }
        } catch {
            throw KafkaError(any: error)
        }
    }

    private enum Beginning {
        case open(ClientConnection)
        case attempt(Task<ClientConnection, any Error>)
    }

    private func begin(
        _ key: Key, _ eventLoop: (any EventLoop)?, isBootstrap: Bool, timeoutMs: Int
    ) throws(KafkaError) -> Beginning {
        let result: Beginning? = state.withLockedValue { state in
            guard !state.isClosed else { return nil }
            var slot = state.slots[key] ?? Slot(backoff: configuration.backoff)
            defer { state.slots[key] = slot }
            if let connection = slot.connection {
                if connection.isOpen { return .open(connection) }
                slot.connection = nil
            }
            if let attempt = slot.attempt { return .attempt(attempt) }
            let notBefore = slot.notBefore
            let eventLoop = eventLoop ?? group.next()
            let attempt = Task(executorPreference: EventLoopTaskExecutor(eventLoop)) {
                try await self.attempt(
                    key, eventLoop: eventLoop, notBefore: notBefore, isBootstrap: isBootstrap,
                    timeoutMs: timeoutMs)
            }
            slot.attempt = attempt
            return .attempt(attempt)
        }
        guard let result else { throw .closed }
        return result
    }

    private func attempt(
        _ key: Key, eventLoop: any EventLoop, notBefore: NIODeadline, isBootstrap: Bool,
        timeoutMs: Int
    ) async throws -> ClientConnection {
        do {
            let wait = notBefore - .now()
            if wait > .zero { try await Task.sleep(nanoseconds: UInt64(wait.nanoseconds)) }
            if isBootstrap { try await configuration.beforeConnect?() }
            let connection = try await ClientConnection.connect(
                to: key.address, group: eventLoop,
                options: options(connectTimeoutMs: timeoutMs))
            let isClosed = state.withLockedValue { state in
                // Closed in the meantime: nobody would close this one.
                guard !state.isClosed, var slot = state.slots[key] else { return true }
                slot.attempt = nil
                slot.connection = connection
                slot.backoff.reset()
                slot.notBefore = .uptimeNanoseconds(0)
                state.slots[key] = slot
                return false
            }
            if isClosed {
                connection.close()
                throw KafkaError.closed
            }
            logger.debug("connected", metadata: ["address": "\(key.address)"])
            return connection
        } catch {
            state.withLockedValue { state in
                guard var slot = state.slots[key] else { return }
                slot.attempt = nil
                slot.notBefore = .now() + .milliseconds(Int64(slot.backoff.nextMs()))
                state.slots[key] = slot
            }
            logger.debug("not connected", metadata: ["reason": "\(error)"])
            throw error
        }
    }

    private func options(connectTimeoutMs: Int) -> ClientConnectionOptions {
        ClientConnectionOptions(
            clientID: configuration.clientID,
            connectTimeoutMs: max(1, min(connectTimeoutMs, configuration.connectTimeoutMs)),
            maxResponseBytes: configuration.maxResponseBytes, security: configuration.security)
    }

    /// Ends the connections of one use.
    func close(_ use: ConnectionUse) {
        let connections = state.withLockedValue { state in
            let keys = state.slots.keys.filter { $0.use == use }
            return keys.compactMap { state.slots.removeValue(forKey: $0)?.connection }
        }
        for connection in connections { connection.close() }
    }

    /// Ends all, and waits for it.
    func close() async {
        let slots = state.withLockedValue { state in
            state.isClosed = true
            defer { state.slots = [:] }
            return Array(state.slots.values)
        }
        for slot in slots { slot.attempt?.cancel() }
        for slot in slots {
            slot.connection?.close()
            _ = try? await slot.connection?.closeFuture.get()
        }
    }
}
