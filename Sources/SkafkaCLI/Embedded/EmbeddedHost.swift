internal import KafkaBroker
internal import KafkaTransport
internal import Logging
internal import NIOCore
internal import NIOPosix

/// The embedded broker's place in this process: whoever finds nobody at the directory's socket
/// becomes the host, until its command ends.
///
/// An actor, since several connection attempts may find the socket dead at the same time; they
/// share one start.
actor EmbeddedHost {
    /// Nobody answers, but the directory's lock is taken.
    struct DirectoryBusy: Error, CustomStringConvertible {
        var directory: String

        var description: String {
            """
            data directory \(directory) is held by another process that does not answer on \
            \(EmbeddedBroker.socketName); wait for it or stop it, or raise --timeout
            """
        }
    }

    nonisolated let directory: String
    nonisolated let socketPath: String
    private let logger: Logger
    private var broker: Broker?
    private var group: MultiThreadedEventLoopGroup?
    private var start: Task<Void, any Error>?
    private var isClosed = false

    /// Event loops of a host; a command's own client has one more.
    private static let maxThreads = 4

    init(directory: String, logger: Logger) {
        self.directory = directory
        socketPath = EmbeddedBroker.socketPath(dataDirectory: directory)
        self.logger = logger
    }

    /// Makes sure that somebody listens on the socket.
    ///
    /// - Throws: `DirectoryBusy`, `BrokerError`.
    func ensure() async throws {
        if broker != nil || isClosed { return }
        if let start { return try await start.value }
        if SocketProbe.isListening(path: socketPath) { return }
        let task = Task { try await host() }
        start = task
        defer { start = nil }
        try await task.value
    }

    /// Calls `ensure` until it succeeds, for as long as the directory is merely busy.
    ///
    /// - Throws: the last error.
    func ensure(timeoutMs: Int) async throws {
        let deadline = NIODeadline.now() + .milliseconds(Int64(timeoutMs))
        var pauseMs: Int64 = 5
        while true {
            do {
                return try await ensure()
            } catch let busy as DirectoryBusy {
                guard NIODeadline.now() < deadline else { throw busy }
            }
            try await Task.sleep(for: .milliseconds(pauseMs))
            pauseMs = min(pauseMs * 2, 100)
        }
    }

    /// Stops hosting: flushes, notes the clean shutdown, lets the next process take over.
    func close() async {
        isClosed = true
        if let start { try? await start.value }
        await broker?.shutdown()
        broker = nil
        try? await group?.shutdownGracefully()
        group = nil
    }

    private func host() async throws {
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: min(System.coreCount, EmbeddedHost.maxThreads))
        do {
            broker = try await Broker.start(
                BrokerOptions(
                    dataDirectory: directory, listeners: [.unix(path: socketPath)],
                    settings: BrokerSettings(), logger: logger),
                group: group)
            self.group = group
            logger.debug("hosting", metadata: ["directory": "\(directory)"])
        } catch {
            try? await group.shutdownGracefully()
            if case BrokerError.directoryInUse = error { throw DirectoryBusy(directory: directory) }
            throw error
        }
    }
}
