internal import NIOPosix

/// A thread for calls that block in read(2), write(2) or waitpid(2), so that no event loop and no
/// task's thread waits with them.
///
/// One call at a time; ends when the last reference goes, without waiting for a blocked call.
final class BlockingThread: Sendable {
    private let pool = NIOThreadPool(numberOfThreads: 1)

    init() {
        pool.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }

    /// Runs the body on the thread and gives its result.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await pool.runIfActive(body)
    }

    /// Runs the body on the thread some time, after those that were given before.
    func submit(_ body: @escaping @Sendable () -> Void) {
        pool.submit { _ in body() }
    }
}
