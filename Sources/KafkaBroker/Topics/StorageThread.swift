import NIOCore
import NIOPosix

/// The thread on which topics come and go: metadata and directories are changed there alone, one
/// change after the other, since both block.
final class StorageThread: Sendable {
    private let pool = NIOThreadPool(numberOfThreads: 1)

    init() { pool.start() }

    /// Runs work behind what was given before.
    ///
    /// - Parameter eventLoop: on which the result comes.
    func run<Value: Sendable>(
        on eventLoop: any EventLoop, _ work: @escaping @Sendable () throws -> Value
    ) -> EventLoopFuture<Value> {
        pool.runIfActive(eventLoop: eventLoop, work)
    }

    /// Runs work and waits for it, keeping the type of its error.
    func result<Value: Sendable, Failure: Error>(
        on eventLoop: any EventLoop, _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = try? await run(on: eventLoop) {
            Result { () throws(Failure) in try work() }
        }.get()
        guard let result else { preconditionFailure("the storage thread has ended") }
        return try result.get()
    }

    func shutdown() async {
        try? await pool.shutdownGracefully()
    }
}
